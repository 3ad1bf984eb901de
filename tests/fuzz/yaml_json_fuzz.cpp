// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/kube/yaml_json.h"

FUZZ_TARGET(yaml_json)
{
    const auto document = core::yamlToJson(input, "fuzz");
    if (document)
        (void)document->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    else
        mustHold(!document.error().message.empty(), "an error says what is wrong", input);
    const auto bytes = core::decodeBase64(input);
    mustHold(core::decodeBase64(core::encodeBase64(input)) == input, "base64 comes back as it went", input);
    if (bytes)
        mustHold(core::decodeBase64(core::encodeBase64(*bytes)) == *bytes, "what was decoded can be encoded", input);
}
