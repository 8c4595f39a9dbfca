// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace at {
class Tensor;
}

namespace semblance {

/// Named texts and tensors, and the file they live in.
///
/// The file is safetensors [1]: an 8-byte length, a JSON header, raw little-endian data; Python
/// reads it with `safetensors.torch.load_file`. Texts stand in the header's `__metadata__`. Reading
/// checks every length and offset against the file; nothing in it is ever executed.
///
/// [1] https://huggingface.co/docs/safetensors: format description.
class Archive {
 public:
  Archive();
  ~Archive();
  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) noexcept;
  Archive(const Archive&);
  Archive& operator=(const Archive&);

  /// Stores `text` (UTF-8; JSON by convention) under `name`, replacing what was there.
  void put_text(const std::string& name, std::string text);
  /// Stores a CPU copy of `tensor` (float64, float32, bfloat16, int64, int32, uint8 or bool).
  void put_tensor(const std::string& name, const at::Tensor& tensor);

  [[nodiscard]] bool has_text(const std::string& name) const;
  [[nodiscard]] bool has_tensor(const std::string& name) const;
  /// \throws FileError that names the entry if it is missing.
  [[nodiscard]] const std::string& text(const std::string& name) const;
  /// \throws FileError that names the entry if it is missing.
  [[nodiscard]] at::Tensor tensor(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> tensor_names() const;

  /// Copies all entries of `part` under `prefix`, and takes them out again.
  void put_part(const std::string& prefix, const Archive& part);
  [[nodiscard]] Archive part(const std::string& prefix) const;

  /// Writes to a temporary name beside `file`, then renames: a crash leaves the old file or the new
  /// one.
  /// \throws FileError if the file cannot be written.
  void write(const std::filesystem::path& file) const;
  /// \throws FileError that names the file and what is wrong with it.
  [[nodiscard]] static Archive read(const std::filesystem::path& file);
  /// Parses the bytes of such a file; `origin` is named in errors.
  [[nodiscard]] static Archive parse(std::string_view bytes, const std::string& origin);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace semblance
