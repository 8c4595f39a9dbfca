// SPDX-License-Identifier: Apache-2.0
// Lists on a terminal and in the docs.
#pragma once

#include <string>
#include <vector>

namespace semblance::command {

/// Rows of cells, the first of them the header, in columns as wide as their widest cell.
[[nodiscard]] std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// The same as a Markdown table.
[[nodiscard]] std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace semblance::command
