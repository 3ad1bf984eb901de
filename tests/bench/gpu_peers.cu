// SPDX-License-Identifier: GPL-3.0-or-later
// Peers for the memory rows of gpu_rows.py where BabelStream and PyTorch are not at hand: the triad that BabelStream's
// documentation describes (fp64, one element a thread, blocks of 1,024) and the runtime's own copy
// from device to device, which is what a PyTorch copy of a contiguous tensor calls. Prints {"triad": GB/s, "copy": GB/s}.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace {

__global__ void triad(double *a, const double *b, const double *c, double s)
{
    const size_t i = size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    a[i] = b[i] + s * c[i];
}

void orExit(cudaError_t error)
{
    if (error == cudaSuccess)
        return;
    std::fprintf(stderr, "%s\n", cudaGetErrorString(error));
    std::exit(1);
}

// The best of 20 batches of five, in milliseconds for one.
float best(const std::function<void()> &work)
{
    cudaEvent_t from, to;
    orExit(cudaEventCreate(&from));
    orExit(cudaEventCreate(&to));
    float least = 1e30F;
    for (int batch = 0; batch < 20; batch++) {
        orExit(cudaEventRecord(from));
        for (int i = 0; i < 5; i++)
            work();
        orExit(cudaEventRecord(to));
        orExit(cudaEventSynchronize(to));
        float ms = 0;
        orExit(cudaEventElapsedTime(&ms, from, to));
        least = std::min(least, ms / 5);
    }
    return least;
}

} // namespace

int main()
{
    constexpr size_t count = size_t{1} << 27; // 1 GiB an operand, as profile quick
    double *a, *b, *c;
    for (double **operand : {&a, &b, &c}) {
        orExit(cudaMalloc(operand, count * sizeof(double)));
        orExit(cudaMemset(*operand, 1, count * sizeof(double)));
    }
    const float triadMs = best([=] { triad<<<count / 1024, 1024>>>(a, b, c, 0.4); });
    const float copyMs = best([=] { cudaMemcpyAsync(a, b, count * sizeof(double), cudaMemcpyDeviceToDevice); });
    orExit(cudaDeviceSynchronize());
    const double bytes = count * sizeof(double);
    std::printf("{\"triad\": %.1f, \"copy\": %.1f}\n", 3 * bytes / triadMs * 1e-6, 2 * bytes / copyMs * 1e-6);
}
