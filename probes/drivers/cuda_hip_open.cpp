// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/cuda_hip_device.h"

#include <algorithm>
#include <ranges>

namespace probe {

std::optional<Failure> CudaHipDevice::open()
{
    if (auto failure = openContext())
        return failure;
    if (auto failure = loadImages())
        return failure;
    for (void *&queue : m_queues)
        check(m_api.createStream(&queue, 1), "stream create"); // 1: not ordered with the default stream
    for (void *&stamp : m_stamps)
        check(m_api.createEvent(&stamp, 0), "event create");
    return failure();
}

std::optional<Failure> CudaHipDevice::openContext()
{
    if (m_api.isHip) {
        check(m_api.setDevice(m_description.index), "hipSetDevice");
        return failure();
    }
    check(m_api.retainContext(&m_context, m_description.index), "cuDevicePrimaryCtxRetain");
    if (works())
        check(m_api.currentContext(m_context), "cuCtxSetCurrent");
    return failure();
}

// CUDA: the fat binary, and beside it images of one architecture for what only that has (wgmma). HIP: the code
// object of the processor the kernel names, else all in turn: HIP itself tells the name only in a struct that changed.
std::optional<Failure> CudaHipDevice::loadImages()
{
    const auto images = m_api.isHip ? hipImages() : cudaImages();
    if (images.empty())
        return Failure{0, "NO_KERNELS",
                       std::string("this build carries no kernels for this device: ")
                           + std::string(whatThisBuildLacks())};
    const std::string &processor = m_description.architecture;
    const bool known = m_api.isHip && std::ranges::find(images, processor, &KernelImage::target) != images.end();
    const auto isForThis = [&](const KernelImage &image) {
        return (!known || image.target == processor)
            && (!image.target.starts_with("sm_") || image.target == processor + "a");
    };
    int last = 0;
    for (const KernelImage &image : images | std::views::filter(isForThis)) {
        void *module = nullptr;
        const int code = m_api.loadImage(&module, image.begin);
        if (code != 0) {
            last = code;
            if (!m_api.isHip && m_modules.empty())
                return imageFailure(code);
            continue;
        }
        m_modules.push_back({&image, module});
        m_image += (m_image.empty() ? "" : "+") + std::string(image.target);
        if (m_api.isHip)
            break;
    }
    if (m_modules.empty())
        return imageFailure(last);
    if (m_api.isHip)
        m_description.architecture = m_image;
    return std::nullopt;
}

Failure CudaHipDevice::imageFailure(int code) const
{
    Failure failure = m_api.failure(code, "module load");
    const bool unknown = code == 200 || code == 209 || code == 218 || code == 222;
    if (!unknown)
        return failure;
    const std::string has = versionText(m_api.isHip, m_api.version());
    const std::string built = versionText(false, cudaImageVersion());
    if (!m_api.isHip && m_api.version() < cudaImageVersion())
        return {code, "DRIVER_TOO_OLD",
                "driver too old for this build: it offers CUDA " + has + ", the kernels were compiled with CUDA "
                    + built + "; update the driver or build berth-probe with an older nvcc"};
    return {code, "NO_BINARY_FOR_GPU",
            "this build has no kernels for " + m_description.architecture + ": " + failure.what
                + "; build berth-probe for it ("
                + (m_api.isHip ? "BERTH_PROBE_HIP_TARGETS" : "BERTH_PROBE_CUDA_TARGETS") + ")"};
}

} // namespace probe
