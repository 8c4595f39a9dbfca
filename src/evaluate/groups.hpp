// SPDX-License-Identifier: Apache-2.0
// The groups of metrics that need nothing of an evaluation but what all of them share.
#pragma once

namespace semblance {

class Evaluator;

void measure_diversity(Evaluator& evaluator);

}  // namespace semblance
