// SPDX-License-Identifier: Apache-2.0
// The whole public interface of Semblance, without LibTorch's headers.
#pragma once

#include "semblance/autoregressive/any_order_model.hpp"
#include "semblance/core/error.hpp"
#include "semblance/core/log.hpp"
#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/core/version.hpp"
#include "semblance/data/condition.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/data/schema.hpp"
#include "semblance/evaluate/association.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/evaluate/scores.hpp"
#include "semblance/generator.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/learners/linear.hpp"
#include "semblance/registry.hpp"
