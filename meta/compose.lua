-- The composes of Fedora: Rawhide each night, branched and finished releases, and respins of the Cloud images.

local fedora = shared.fedora

local rule = {
    name = "compose",
    description = "How Fedora is put together",
    home = "https://pagure.io/releng",
    docs = "https://docs.pagure.org/releng/",
    obj = "Composes",
}

-- What a step does; nothing: the compose as a whole.
local steps = {
    [""] = "",
    image = "building other images for ",
    mash = "mashing ",
    pungify = "building boot.iso for ",
    rsync = "master mirror publication for ",
}

-- The steps of a respin, which is a compose of its own.
local respin_steps = {
    ["make-updates"] = "",
    ["make-atomic"] = "Atomic updates compose for ",
    ["mash-updates"] = "updates mash for ",
    ["mash-atomic"] = "Atomic updates mash for ",
    ["atomic-lorax"] = "Atomic lorax run for ",
    ["atomic-tree"] = "Atomic tree compose for ",
    ["cloudimg-build"] = "building images for ",
    ["cloudimg-checksum"] = "image checksum generation for ",
    ["cloudimg-staging"] = "master mirror publication for ",
}

local states = { start = "Started", complete = "Completed", done = "Completed", stop = "Completed" }

-- "rawhide", "mash", "start" of compose.rawhide.mash.start; the step is "" in compose.rawhide.start
local function parts(msg)
    local release, step, state = re.match(fedora.event(msg), [[^([^.]+)(?:\.(.+))?\.([^.]+)$]])
    return release, step or "", state
end

-- "Fedora-Modular": messages did not always say which product it is.
local function product(msg, release)
    if truthy(msg.msg.short) then
        return msg.msg.short
    elseif msg.msg.branch and msg.msg.branch:match("^Modular%-") then
        return "Fedora-Modular"
    elseif not release:match("^%d+$") then
        return "Fedora"
    elseif truthy(msg.msg.compose_id) then
        return re.match(msg.msg.compose_id, [[^(.+)-\d+-\d{8}]])
    end
    return "Fedora, Fedora-Atomic, Fedora-Cloud or Fedora-Docker"
end

local function version(msg, release)
    if release == "branched" then
        return re.sub(msg.msg.branch, "^Modular-", "")
    elseif release == "epelbeta" then
        return "EPEL Beta"
    end
    return release:sub(1, 1):upper() .. release:sub(2)
end

function rule.subtitle(msg)
    local release, step, state = parts(msg)
    if not states[state] then
        return ""
    elseif respin_steps[step] then
        return fmt("{state} {step}Fedora {release} post-release Cloud/Atomic/Docker respin compose",
            { state = states[state], step = respin_steps[step], release = release })
    elseif not steps[step] then
        return ""
    end
    local text = fmt("{state} {step}{product} {version}", {
        state = states[state],
        step = steps[step],
        product = product(msg, release),
        version = version(msg, release),
    })
    if truthy(msg.msg.arch) then
        text = text .. " (" .. msg.msg.arch .. ")"
    end
    text = text .. " compose"
    if truthy(msg.msg.compose_id) then
        text = text .. " " .. msg.msg.compose_id
    end
    return text
end

function rule.link(msg)
    return fedora.first(msg.msg.location, "https://kojipkgs.fedoraproject.org/compose/")
end

function rule.objects(msg)
    return { parts(msg) .. "/" .. fedora.first(msg.msg.arch, "primary") }
end

return rule
