#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the objects of berthctl_claims_e2e.sh: two nodes without a device plugin whose cards a driver of Dynamic
Resource Allocation publishes, as gpu.nvidia.com does, and a pod of somebody else that claims one of them."""
import json

DRIVER = "gpu.nvidia.com"

# The API server wants all of it.
NODE_INFO = {"architecture": "amd64", "operatingSystem": "linux"} | {
    key: "" for key in ("machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion",
                        "kubeletVersion", "kubeProxyVersion")}


def node(name):
    amounts = {"cpu": "192", "memory": "2063Gi", "pods": "110", "ephemeral-storage": "1758Gi"}
    return {"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "annotations": {"kwok.x-k8s.io/node": "fake"},
                         "labels": {"kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64",
                                    "kubernetes.io/os": "linux"}},
            "status": {"capacity": amounts, "allocatable": amounts, "nodeInfo": NODE_INFO}}


def device(of, index, sick):
    made = {"name": f"gpu-{index}",
            "attributes": {"type": {"string": "gpu"}, "uuid": {"string": f"GPU-{of}-{index}"},
                           "productName": {"string": "NVIDIA H100 80GB HBM3"}, "architecture": {"string": "Hopper"},
                           "cudaComputeCapability": {"version": "9.0.0"}, "driverVersion": {"version": "580.95.5"},
                           "cudaDriverVersion": {"version": "13.0.0"}},
            "capacity": {"memory": {"value": "81559Mi"}}}
    if sick:
        made["taints"] = [{"key": "gpu.nvidia.com/xid", "value": "79", "effect": "NoSchedule"}]
    return made


def resource_slice(of, sick):
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": f"{of}-{DRIVER}"},
            "spec": {"driver": DRIVER, "nodeName": of,
                     "pool": {"name": of, "generation": 1, "resourceSliceCount": 1},
                     "devices": [device(of, index, index in sick) for index in range(4)]}}


def device_class():
    expression = f"device.driver == '{DRIVER}' && device.attributes['{DRIVER}'].type == 'gpu'"
    return {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": DRIVER},
            "spec": {"selectors": [{"cel": {"expression": expression}}]}}


def claim():
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimTemplate",
            "metadata": {"name": "other", "namespace": "models"},
            "spec": {"spec": {"devices": {"requests": [{"name": "gpu", "exactly": {"deviceClassName": DRIVER}}]}}}}


def pod(on):
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "other", "namespace": "models", "labels": {"app": "other"}},
            "spec": {"nodeSelector": {"kubernetes.io/hostname": on},
                     "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "other"}],
                     "containers": [{"name": "c", "image": "none", "resources": {"claims": [{"name": "gpu"}]}}]}}


print(json.dumps({"apiVersion": "v1", "kind": "List",
                  "items": [node("dra-1"), node("dra-2"), device_class(), resource_slice("dra-1", {3}),
                            resource_slice("dra-2", set()), claim(), pod("dra-1")]}))
