// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// What Kubernetes accepts as a name, by the rules of apimachinery v0.36 (pkg/api/validate/content, pkg/util/validation,
// pkg/api/validation). Lengths count bytes; letters are ASCII. Every function returns what is wrong with the value, in
// Kubernetes' words, so that a name is refused here as the server would refuse it. Pure; any thread.

/// What is wrong, one sentence each; empty when the value is valid (then nothing was allocated).
using NameProblems = std::vector<std::string>;

/// Names of namespaces and containers: [a-z0-9-], at most 63, alphanumeric at both ends.
NameProblems dns1123LabelProblems(std::string_view value);
/// Names of most objects (pods, deployments, nodes): labels joined by dots, at most 253 in total.
NameProblems dns1123SubdomainProblems(std::string_view value);
/// Names of services: as a DNS-1123 label, and the first character is a letter.
NameProblems dns1035LabelProblems(std::string_view value);

/// Keys of labels, taints and resources, also "qualified name": [prefix/]name. The prefix is a DNS-1123 subdomain, the
/// name 1 to 63 of [A-Za-z0-9_.-], alphanumeric at both ends.
NameProblems labelKeyProblems(std::string_view value);
/// Values of labels: empty or like the name part of a key.
NameProblems labelValueProblems(std::string_view value);
/// A label key that must have its prefix: extended resources ("nvidia.com/gpu").
NameProblems domainPrefixedKeyProblems(std::string_view value);
/// All annotations of an object: keys are label keys in any case, keys and values together at most 256 KiB.
NameProblems annotationsProblems(const std::map<std::string, std::string, std::less<>> &annotations);

/// Keys of config maps and secrets: 1 to 253 of [A-Za-z0-9_.-], not "." and not beginning with "..".
NameProblems configMapKeyProblems(std::string_view value);
/// Names of environment variables since Kubernetes 1.34: printable ASCII without '='.
NameProblems envVarNameProblems(std::string_view value);
/// Names of container ports: at most 15 of [a-z0-9-], at least one letter, hyphens single and inside.
NameProblems portNameProblems(std::string_view value);
NameProblems portNumberProblems(std::int64_t port);
/// What every name must be that becomes part of a URL: not "." or "..", no '/', no '%'.
NameProblems pathSegmentNameProblems(std::string_view value);
/// The same for the beginning of a name (generateName).
NameProblems pathSegmentPrefixProblems(std::string_view value);

// Parts that rules of this kind are made of.

bool isLowerOrDigit(char c);
bool isAsciiAlphanumeric(char c);
/// Not empty, every character for which `inside` holds and for which `ends` holds at both ends.
bool isWord(std::string_view text, bool (*inside)(char), bool (*ends)(char));
/// Do all the parts between dots hold? An empty text is one empty part.
bool allParts(std::string_view dotted, bool (*holds)(std::string_view part));
/// "must be no more than 63 bytes" as a list, or nothing.
NameProblems lengthProblems(std::string_view value, std::size_t most);

} // namespace core
