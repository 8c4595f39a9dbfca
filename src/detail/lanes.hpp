// SPDX-License-Identifier: Apache-2.0
// Loops over many numbers, built for each width of vector that a machine may have.
#pragma once

/// In front of a function: it is compiled several times, and the machine's best is taken at run
/// time. Loops inside should be plain, over contiguous arrays. Not under sanitizers, which the
/// choice comes too early for.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SEMBLANCE_SANITIZED
#endif
#endif
#if defined(__x86_64__) && defined(__GNUC__) && defined(__linux__) &&  \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(SEMBLANCE_SANITIZED)
#define SEMBLANCE_LANES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SEMBLANCE_LANES
#endif
