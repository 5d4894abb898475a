-- Pungi, which runs the composes and tells each step of them.

local fedora = shared.fedora

local rule = {
    name = "pungi",
    description = "The steps of a compose",
    home = "https://pagure.io/releng",
    docs = "https://docs.pagure.org/pungi/",
    obj = "Composes",
    icon = "https://apps.fedoraproject.org/img/icons/pungi.png",
}

local statuses = {
    STARTED = "started",
    FINISHED = "finished",
    FINISHED_INCOMPLETE = "finished, but is incomplete",
    DOOMED = "is doomed",
    TERMINATED = "was terminated",
}

local sentences = {
    ["compose.fail.to.start"] = 'failed to compose from {msg.config}: "{msg.detail}"',
    ["compose.status.change"] = "pungi-koji compose of {msg.compose_id} {status}",
    ["compose.phase.start"] = "pungi-koji started the {msg.phase_name} phase of the {msg.compose_id} compose",
    ["compose.phase.stop"] = "pungi-koji finished the {msg.phase_name} phase of the {msg.compose_id} compose",
    ["compose.createiso.targets"] = "pungi-koji assigned {n} createiso {targets}",
    ["compose.createiso.imagedone"] = "pungi-koji finished createiso for {file}",
    ["compose.createiso.imagefail"] = "pungi-koji failed createiso for {file}",
    ["compose.ostree"] = "pungi-koji ostree compose {msg.compose_id} produced {commit} for {msg.arch} {msg.ref}",
}

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    if not sentence then return nil end
    local words = { status = statuses[msg.msg.status] }
    if msg.msg.deliverables then
        words.n = #msg.msg.deliverables
        words.targets = plural(words.n, "target", "targets")
    end
    if msg.msg.file then
        words.file = msg.msg.file:split("/compose/")
        words.file = words.file[#words.file]
    end
    if has(msg, "msg.commitid") then
        words.commit = truthy(msg.msg.commitid) and "ostree commit " .. msg.msg.commitid or "no new ostree commit"
    end
    return fmt(sentence, words, msg)
end

function rule.link(msg)
    if not msg.msg.location then return null end
    return re.sub(msg.msg.location, "/compose/?$", "")
end

-- Paths of files have no slash in front; composes that are not of Rawhide are named like those that are.
function rule.objects(msg)
    local files = msg.msg.deliverables or (msg.msg.file and { msg.msg.file })
    if not files then
        return msg.msg.compose_id and { "rawhide/" .. msg.msg.compose_id:gsub("%.", "/") }
    end
    local objects = {}
    for _, file in ipairs(files) do
        table.insert(objects, (file:gsub("^/", "")))
    end
    return objects
end

return rule
