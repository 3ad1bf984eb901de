// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"time"
)

// kind is a sort of machine. Label values are those that GPU Feature Discovery, the AMD node labeller and Intel's
// NFD rules print.
type kind struct {
	resource string
	gpus     int
	cpu      string
	memory   string
	machine  string
	labels   map[string]string
}

func nvidia(product, memory, family, major, minor, mig string, gpus int) map[string]string {
	return map[string]string{
		"nvidia.com/gpu.present": "true", "nvidia.com/gpu.product": product, "nvidia.com/gpu.count": fmt.Sprint(gpus),
		"nvidia.com/gpu.memory": memory, "nvidia.com/gpu.family": family, "nvidia.com/gpu.replicas": "1",
		"nvidia.com/gpu.sharing-strategy": "none", "nvidia.com/gpu.compute.major": major,
		"nvidia.com/gpu.compute.minor": minor, "nvidia.com/gpu.mode": "compute", "nvidia.com/mig.capable": mig,
		"nvidia.com/mps.capable": "false", "nvidia.com/gfd.timestamp": "1755840000",
		"nvidia.com/cuda.driver-version.full": "570.172.08", "nvidia.com/cuda.driver-version.major": "570",
		"nvidia.com/cuda.driver-version.minor": "172", "nvidia.com/cuda.driver-version.revision": "08",
		"nvidia.com/cuda.runtime-version.full": "12.8", "nvidia.com/cuda.runtime-version.major": "12",
		"nvidia.com/cuda.runtime-version.minor":                "8",
		"feature.node.kubernetes.io/pci-0302_10de.present":     "true",
		"nvidia.com/gpu.deploy.device-plugin":                  "true",
		"nvidia.com/gpu.deploy.dcgm-exporter":                  "true",
		"nvidia.com/gpu.deploy.gpu-feature-discovery":          "true",
		"nvidia.com/gpu-driver-upgrade-state":                  "upgrade-done",
		"nvidia.com/gpu.deploy.operator-validator":             "true",
		"nvidia.com/gpu.deploy.container-toolkit":              "true",
		"feature.node.kubernetes.io/pci-0200_15b3.present":     "true",
		"feature.node.kubernetes.io/rdma.capable":              "true",
		"feature.node.kubernetes.io/rdma.available":            "true",
		"feature.node.kubernetes.io/network-sriov.capable":     "true",
		"feature.node.kubernetes.io/storage-nonrotationaldisk": "true",
	}
}

var kinds = []kind{
	{"nvidia.com/gpu", 8, "192", "2113407800Ki", "DGXH100",
		nvidia("NVIDIA-H100-80GB-HBM3", "81559", "hopper", "9", "0", "true", 8)},
	{"nvidia.com/gpu", 8, "256", "2113407800Ki", "DGXA100",
		nvidia("NVIDIA-A100-SXM4-80GB", "81920", "ampere", "8", "0", "true", 8)},
	{"nvidia.com/gpu", 4, "128", "1056703900Ki", "PowerEdge-R760xa",
		nvidia("NVIDIA-L40S", "46068", "ada-lovelace", "8", "9", "false", 4)},
	{"nvidia.com/gpu", 4, "48", "196608000Ki", "g4dn.12xlarge",
		nvidia("Tesla-T4", "15360", "turing", "7", "5", "false", 4)},
	{"amd.com/gpu", 8, "192", "2377900032Ki", "PowerEdge-XE9680", map[string]string{
		"amd.com/gpu.product-name": "AMD_Instinct_MI300X_OAM", "amd.com/gpu.device-id": "74a1",
		"amd.com/gpu.family": "AI", "amd.com/gpu.vram": "192G", "amd.com/gpu.cu-count": "304",
		"amd.com/gpu.simd-count": "1216", "beta.amd.com/gpu.vram": "192G", "beta.amd.com/gpu.vram.192G": "8",
		"beta.amd.com/gpu.device-id": "74a1", "beta.amd.com/gpu.device-id.74a1": "8",
		"feature.node.kubernetes.io/amd-gpu": "true", "feature.node.kubernetes.io/pci-1200_1002.present": "true"}},
	{"gpu.intel.com/i915", 4, "112", "1056703900Ki", "SYS-521GE", map[string]string{
		"intel.feature.node.kubernetes.io/gpu": "true", "gpu.intel.com/product": "Max_1550",
		"gpu.intel.com/family": "Max_Series", "gpu.intel.com/device.count": "4",
		"gpu.intel.com/device-id.0380-0bd5.present": "true", "gpu.intel.com/device-id.0380-0bd5.count": "4",
		"feature.node.kubernetes.io/pci-0380_8086.present": "true"}},
	{"", 0, "64", "527826944Ki", "PowerEdge-R660", map[string]string{}},
}

// The features that NFD finds on about every server, so that a node has the size it has in life.
var cpuFeatures = []string{"ADX", "AESNI", "AMXBF16", "AMXINT8", "AMXTILE", "AVX", "AVX2", "AVX512BF16", "AVX512BITALG",
	"AVX512BW", "AVX512CD", "AVX512DQ", "AVX512F", "AVX512FP16", "AVX512IFMA", "AVX512VBMI", "AVX512VBMI2", "AVX512VL",
	"AVX512VNNI", "AVXVNNI", "CETIBT", "CLDEMOTE", "CMPXCHG8", "ENQCMD", "FMA3", "FSRM", "FXSR", "GFNI", "HYPERVISOR",
	"IBRS", "LAHF", "MOVBE", "MOVDIR64B", "OSXSAVE", "SERIALIZE", "SHA", "SYSCALL", "TSXLDTRK", "VAES", "VPCLMULQDQ",
	"WAITPKG", "WBNOINVD", "X87", "XGETBV1", "XSAVE", "XSAVEC", "XSAVEOPT"}

var images = []string{"nvcr.io/nvidia/k8s-device-plugin", "nvcr.io/nvidia/k8s/dcgm-exporter", "docker.io/vllm/vllm-openai",
	"registry.k8s.io/nfd/node-feature-discovery", "ghcr.io/huggingface/text-generation-inference",
	"docker.io/lmsysorg/sglang", "docker.io/rocm/vllm", "quay.io/prometheus/node-exporter",
	"registry.k8s.io/coredns/coredns", "quay.io/cilium/cilium", "registry.k8s.io/kube-proxy", "docker.io/library/busybox"}

func nodeName(i int) string      { return fmt.Sprintf("load-node-%05d", i) }
func podName(i int) string       { return fmt.Sprintf("load-pod-%06d", i) }
func namespaceName(i int) string { return fmt.Sprintf("load-%02d", i) }

func conditions(now string) []object {
	condition := func(name, status, reason, message string) object {
		return object{"type": name, "status": status, "reason": reason, "message": message,
			"lastHeartbeatTime": now, "lastTransitionTime": now}
	}
	return []object{
		condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
		condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
		condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
		condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
	}
}

func nodeLabels(i int, k kind) object {
	labels := object{
		"kubernetes.io/hostname": nodeName(i), "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
		"node.kubernetes.io/instance-type": k.machine, "topology.kubernetes.io/region": "region-1",
		"topology.kubernetes.io/zone":                    fmt.Sprintf("region-1%c", 'a'+rune(i%3)),
		"feature.node.kubernetes.io/cpu-model.vendor_id": "Intel",
		"feature.node.kubernetes.io/cpu-model.family":    "6",
		"feature.node.kubernetes.io/kernel-version.full": "6.8.0-64-generic",
	}
	for _, feature := range cpuFeatures {
		labels["feature.node.kubernetes.io/cpu-cpuid."+feature] = "true"
	}
	for key, value := range k.labels {
		labels[key] = value
	}
	return labels
}

func nodeImages() []object {
	var list []object
	for n, image := range images {
		digest := fmt.Sprintf("%s@sha256:%064x", image, n+1)
		list = append(list, object{"names": []string{digest, image + ":v1.2.3"}, "sizeBytes": 1_000_000_000 + n})
	}
	return list
}

func makeNode(i int) object {
	k := kinds[i%len(kinds)]
	capacity := object{"cpu": k.cpu, "memory": k.memory, "pods": "250", "ephemeral-storage": "1843269236Ki",
		"hugepages-1Gi": "0", "hugepages-2Mi": "0"}
	if k.gpus > 0 {
		capacity[k.resource] = fmt.Sprint(k.gpus)
	}
	address := fmt.Sprintf("10.%d.%d.%d", 64+i/65536, i/256%256, i%256)
	return object{
		"apiVersion": "v1", "kind": "Node",
		"metadata": object{"name": nodeName(i), "labels": nodeLabels(i, k), "annotations": object{
			"kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0",
			"volumes.kubernetes.io/controller-managed-attach-detach": "true"}},
		"spec": object{"podCIDR": "", "providerID": "test:///" + nodeName(i)},
		"status": object{
			"capacity": capacity, "allocatable": capacity, "images": nodeImages(), "phase": "Running",
			"conditions": conditions(time.Now().UTC().Format(time.RFC3339)),
			"addresses":  []object{{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": nodeName(i)}},
			"nodeInfo": object{"architecture": "amd64", "operatingSystem": "linux", "kubeletVersion": "v1.36.3",
				"kubeProxyVersion": "", "kernelVersion": "6.8.0-64-generic", "osImage": "Ubuntu 24.04.2 LTS",
				"containerRuntimeVersion": "containerd://2.1.3", "bootID": "", "machineID": "", "systemUUID": ""},
		},
	}
}

// makePod binds pod i to node i mod nodes. The first pods of a node take its GPUs, one each, leaving the last one
// free; the later ones ask for none, so that the numbers are those of a cluster whose scheduler did its work.
func makePod(i, nodes int) object {
	k := kinds[i%nodes%len(kinds)]
	resources := object{"cpu": "500m", "memory": "1Gi"}
	if slot := i / nodes; slot < k.gpus-1 {
		resources[k.resource] = "1"
	}
	var env []object
	for n := range 12 {
		env = append(env, object{"name": fmt.Sprintf("SERVING_OPTION_%02d", n), "value": fmt.Sprintf("value-of-option-%02d", n)})
	}
	app := fmt.Sprintf("service-%03d", i%200)
	return object{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": object{"name": podName(i), "namespace": namespaceName(i % namespaces), "labels": object{
			"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": "load", "pod-template-hash": "6d4b75cb6d"}},
		"spec": object{
			"nodeName": nodeName(i % nodes), "terminationGracePeriodSeconds": 0,
			"tolerations": []object{{"operator": "Exists"}},
			"containers": []object{{
				"name": "server", "image": "docker.io/vllm/vllm-openai:v0.10.1", "env": env,
				"args":           []string{"--model", "/models/" + app, "--served-model-name", app, "--max-model-len", "32768"},
				"ports":          []object{{"name": "http", "containerPort": 8000}},
				"resources":      object{"requests": resources, "limits": resources},
				"readinessProbe": object{"httpGet": object{"path": "/health", "port": "http"}, "periodSeconds": 10},
				"volumeMounts":   []object{{"name": "shm", "mountPath": "/dev/shm"}, {"name": "models", "mountPath": "/models"}},
			}},
			"volumes": []object{{"name": "shm", "emptyDir": object{"medium": "Memory"}}, {"name": "models", "emptyDir": object{}}},
		},
	}
}

func runningStatus(i int) object {
	now := time.Now().UTC().Format(time.RFC3339)
	address := fmt.Sprintf("10.%d.%d.%d", 128+i/65536, i/256%256, i%256)
	var list []object
	for _, name := range []string{"PodScheduled", "Initialized", "ContainersReady", "Ready"} {
		list = append(list, object{"type": name, "status": "True", "lastTransitionTime": now})
	}
	return object{
		"phase": "Running", "podIP": address, "podIPs": []object{{"ip": address}}, "startTime": now, "conditions": list,
		"containerStatuses": []object{{"name": "server", "ready": true, "started": true, "restartCount": 0,
			"image": "docker.io/vllm/vllm-openai:v0.10.1", "imageID": "",
			"state": object{"running": object{"startedAt": now}}}},
	}
}
