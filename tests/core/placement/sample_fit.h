// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"
#include "tests/core/sizing/sample_models.h"

#include <algorithm>
#include <string>

/// A small cluster with two SKUs ("fast" 80 GB, "slow" 46 GB), one model and one image, to place on.
class World {
public:
    World()
    {
        m_catalog.skus = {sku("fast", "9.0", 81559), sku("slow", "8.9", 46068)};
        m_catalog.models = {sample::llama8b()};
        m_images.images = {
            {"vllm", "nvidia", "vllm/vllm-openai:v0", "12.9", {"8.9", "9.0"}, "525.60.13", {"amd64"}, {}, {}}};
    }

    World &add(const std::string &name, const std::string &sku, std::int64_t devices = 8)
    {
        core::Node node;
        node.name = name;
        node.ready = true;
        node.architecture = "amd64";
        node.labels["kubernetes.io/hostname"] = name;
        node.allocatable = {{"cpu", 64000}, {"memory", std::int64_t{512} << 30}, {"pods", 110}};
        core::DevicePool pool;
        pool.resource = "nvidia.com/gpu";
        pool.skuId = sku;
        pool.computeTarget = sku == "fast" ? "9.0" : "8.9";
        pool.driverVersion = "580.82.07";
        pool.capacity = pool.allocatable = devices;
        node.allocatable[pool.resource] = devices;
        node.devices.push_back(std::move(pool));
        m_nodes.push_back(std::move(node));
        std::ranges::sort(m_nodes, {}, &core::Node::name);
        return *this;
    }

    /// A pod of `devices` that runs on the node; each call makes another.
    core::Pod &run(const std::string &node, std::int64_t devices, std::string name = {})
    {
        core::Pod pod;
        pod.nameSpace = "ns";
        pod.name = name.empty() ? "pod-" + std::to_string(m_pods.size()) : std::move(name);
        pod.nodeName = node;
        pod.phase = core::PodPhase::Running;
        pod.requests = {{"cpu", 1000}, {"memory", std::int64_t{1} << 30}};
        if (devices > 0)
            pod.requests["nvidia.com/gpu"] = devices;
        m_pods.push_back(std::move(pod));
        return m_pods.back();
    }
    World &take(const std::string &node, std::int64_t devices)
    {
        run(node, devices);
        return *this;
    }

    core::Node &node(const std::string &name) { return *std::ranges::find(m_nodes, name, &core::Node::name); }
    std::vector<core::Pod> &pods() { return m_pods; }
    core::PlannedDevices &planned() { return m_planned; }
    core::ClusterSnapshot &snapshot() { return m_snapshot; }

    /// Loans, valid until the world changes.
    core::FitInput input()
    {
        m_snapshot.nodesSynced = m_snapshot.podsSynced = true;
        m_snapshot.nodes.clear();
        m_snapshot.pods.clear();
        for (const auto &one : m_nodes)
            m_snapshot.nodes.push_back(std::make_shared<const core::Node>(one));
        for (const auto &one : m_pods)
            m_snapshot.pods.push_back(std::make_shared<const core::Pod>(one));
        std::ranges::sort(m_snapshot.pods, {}, [](const auto &pod) { return pod->key(); });
        m_usage = core::account(m_snapshot);
        return {m_snapshot, m_usage, m_catalog, m_images, m_planned};
    }

    /// The model on one device: 25 GiB, so it fits on both SKUs.
    core::Requirement requirement() const
    {
        core::Requirement wanted;
        wanted.name = "r";
        wanted.modelId = "llama-3.1-8b";
        return wanted;
    }

private:
    static core::Sku sku(const char *id, const char *target, std::int64_t reportedMiB)
    {
        core::Sku card;
        card.id = card.displayName = id;
        card.vendor = "nvidia";
        card.target = target;
        card.reportedBytes = reportedMiB << 20;
        return card;
    }

    std::vector<core::Node> m_nodes;
    std::vector<core::Pod> m_pods;
    core::ClusterSnapshot m_snapshot;
    core::ClusterUsage m_usage;
    core::Catalog m_catalog;
    core::ImageCatalog m_images;
    core::PlannedDevices m_planned;
};
