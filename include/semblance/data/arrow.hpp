// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/data/dataset.hpp"

// The Arrow C data interface, as its specification asks every user to declare it.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

extern "C" {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

}  // extern "C"

#endif  // ARROW_C_DATA_INTERFACE

namespace semblance {

/// Exports a data set as a struct array, one child a column; values are not copied.
///
/// real "g", integer "l", datetime "tsu:UTC", categorical "i" with a dictionary of "u" (large:
/// "U"), text "U", tensor "+w:N" of "f" or "C" (N = product of the shape). The caller, or whom it
/// hands the structures to, calls their `release`; until then the columns stay alive.
/// \param schema, array  Written to; what they held is not released.
void export_arrow(const Dataset& data, ArrowSchema* schema, ArrowArray* array);

/// Takes over a struct array; values are not copied where the types are ours.
///
/// Copied and converted: "f" to real; "c" "C" "s" "S" "i" "I" "b" to integer; "tdD" "tdm" "tss"
/// "tsm" "tsn" to datetime (nanoseconds are cut to microseconds); "u" to text; dictionary codes of
/// another width. "+w:N" children become tensors of shape [N]. Offsets and nulls are honoured. The
/// structures are released (moved from) in every case, also on a throw.
/// \throws InvalidArgument that names the column and format that has no counterpart, or a buffer
///         that is not there.
[[nodiscard]] Dataset import_arrow(ArrowSchema* schema, ArrowArray* array);

}  // namespace semblance
