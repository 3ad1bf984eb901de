// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/base/names.h"
#include "core/base/yaml_writer.h"
#include "core/kube/yaml_json.h"

FUZZ_TARGET(names)
{
    using namespace core;
    for (const auto problems : {dns1123LabelProblems, dns1123SubdomainProblems, dns1035LabelProblems, labelKeyProblems,
                                labelValueProblems, domainPrefixedKeyProblems, configMapKeyProblems, envVarNameProblems,
                                portNameProblems, pathSegmentNameProblems, pathSegmentPrefixProblems})
        (void)problems(input);
    (void)annotationsProblems({{std::string(input), std::string(input)}});
    mustHold(!dns1123LabelProblems(input).empty() || dns1123SubdomainProblems(input).empty(),
             "every label is a subdomain", input);
    mustHold(!dns1123LabelProblems(input).empty() || labelValueProblems(input).empty(),
             "every DNS label is a label value", input);
    if (!labelValueProblems(input).empty())
        return;
    // What Kubernetes takes as a label value must reach YAML as that string, not as a number, date or boolean.
    const auto read = yamlToJson("v: " + yamlScalar(input), "fuzz");
    mustHold(read && read->is_object() && (*read)["v"] == std::string(input), "a scalar is written as a string", input);
}
