-- The Product Definition Center, the database of what was composed.

local fedora = shared.fedora

local rule = {
    name = "pdc",
    description = "The Product Definition Center",
    home = "https://github.com/product-definition-center/product-definition-center",
    docs = "https://pdc.fedoraproject.org/",
    obj = "Composes",
}

local entry = "An entry for the {msg.compose_id} {msg.compose_type} compose was %s in the Product Definition Center"
local import = "PDC imported metadata for {msg.count} %s for the {msg.compose_id} {msg.compose_type} compose"

local sentences = {
    ["compose create"] = entry:format("created"),
    ["compose update"] = entry:format("updated"),
    ["compose delete"] = entry:format("deleted"),
    ["images import"] = import:format("{images}"),
    ["rpms import"] = import:format("{rpms}"),
    ["modules import"] = import:format("{modules}"),
}

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg) .. " " .. msg.msg.action]
    local n = msg.msg.count or 0
    return sentence and fmt(sentence, {
        images = plural(n, "image", "images"),
        rpms = plural(n, "rpm", "rpms"),
        modules = plural(n, "module", "modules"),
    }, msg)
end

function rule.link(msg)
    return fmt("https://pdc.fedoraproject.org/rest_api/v1/composes/{msg.compose_id}/", msg)
end

function rule.objects(msg)
    return { fmt("{msg.compose_id}/{msg.action}/", msg) .. fedora.event(msg) }
end

return rule
