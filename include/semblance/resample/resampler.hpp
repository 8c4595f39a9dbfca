// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/balance.hpp"
#include "semblance/smote/provenance.hpp"

namespace semblance {

/// What resampling makes of a table.
struct Resampled {
  Dataset rows;                        ///< The input rows that stay, in order; then the new ones.
  std::vector<std::int64_t> kept;      ///< Rows of the input that stay, ascending.
  std::vector<Provenance> provenance;  ///< One a new row; empty if the method has no parents.

  [[nodiscard]] std::int64_t new_rows() const noexcept {
    return rows.rows() - static_cast<std::int64_t>(kept.size());
  }
};

/// How a resampler is applied.
struct ResampleOptions {
  BalanceStrategy strategy = Automatic{};
  RunOptions run = {};
};

/// A method that turns a table into a better balanced one: an over-sampler adds rows, a cleaner or
/// under-sampler removes some, a composition does one after the other.
///
/// \code
///   const auto method = semblance::make_resampler("smote-enn");
///   const semblance::Resampled out = method->resample(train, semblance::Seed{1});
/// \endcode
///
/// The same table, seed and version give the same rows, on any number of threads.
class Resampler {
 public:
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;
  virtual ~Resampler();

  /// \param data  With a target column of the kind that the method works on. Not modified.
  /// \throws InvalidArgument if `data` has no rows, no target, or breaks a rule of the method, or
  /// the strategy does not fit its classes; Cancelled.
  [[nodiscard]] Resampled resample(const Dataset& data, Seed seed,
                                   const ResampleOptions& options = {}) const;

  [[nodiscard]] std::string name() const { return do_name(); }

 protected:
  Resampler() = default;

 private:
  /// Arguments are checked: there are rows, and the schema has a target.
  virtual Resampled do_resample(const Dataset& data, Seed seed,
                                const ResampleOptions& options) const = 0;
  virtual std::string do_name() const = 0;
};

}  // namespace semblance
