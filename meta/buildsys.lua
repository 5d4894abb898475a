-- Koji, which builds the packages. There is one for the primary architectures, and were some for others.

local fedora = shared.fedora

local rule = {
    name = "buildsys",
    description = "The builds of packages in Koji",
    home = "http://koji.fedoraproject.org/koji",
    docs = "https://docs.pagure.org/koji/",
    obj = "Builds",
    icon = "https://fedoraproject.org/w/uploads/2/20/Artwork_DesignService_koji-icon-48.png",
}

local sentences = {
    ["build.state.change"] = "{owners}{build} {state}",
    ["task.state.change"] = "{owners}scratch build of {srpm}{target} {state}",
    ["tag"] = "{owners}{build} tagged into {msg.tag}{user}",
    ["untag"] = "{owners}{build} untagged from {msg.tag}{user}",
    ["repo.init"] = "Repo initialized:  {tag}",
    ["repo.done"] = "Repo done:  {tag}",
    ["package.list.change"] = "Package list change for {msg.package}:  '{msg.tag}'",
    ["rpm.sign"] = "Koji build {rpm.name}-{rpm.version}-{rpm.release}.{rpm.arch}.rpm signed with sigkey '{sigkey}'",
}

local function instance(msg)
    return fedora.first(msg.msg.instance, "primary")
end

-- What was signed; info in the first messages.
local function rpm(msg)
    return msg.msg.rpm or msg.msg.info
end

function rule.subtitle(msg)
    local event = fedora.event(msg)
    local sentence = sentences[event]
    if not sentence then return nil end
    local words = {
        owners = truthy(msg.msg.owner) and msg.msg.owner .. "'s " or "",
        user = truthy(msg.msg.user) and " by " .. msg.msg.user or "",
        tag = fedora.first(msg.msg.tag, "unknown"),
        build = msg.msg.version and fmt("{name}-{version}-{release}", msg.msg),
        srpm = fedora.first(msg.msg.srpm),
        rpm = rpm(msg),
        sigkey = msg.msg.sigkey or get(msg, "msg.info.sigkey"),
        target = "",
    }
    if event == "build.state.change" then
        words.state = fedora.build_states[msg.msg.new]
    elseif event == "task.state.change" then
        words.state = fedora.task_states[msg.msg.new]
        local target = get(msg, "msg.info.request.2")
        words.target = truthy(target) and " for " .. target or ""
    end
    if words.state == nil and event:match("state") then return "" end
    local text = fmt(sentence, words, msg)
    return instance(msg) == "primary" and text or text .. " (" .. instance(msg) .. ")"
end

function rule.link(msg)
    local host = "koji.fedoraproject.org"
    if fedora.is_staging(msg) then
        host = "koji.stg.fedoraproject.org"
    elseif instance(msg) ~= "primary" then
        host = instance(msg) .. "." .. host
    end
    local koji = "http://" .. host .. "/koji"
    local event = fedora.event(msg)
    if event == "build.state.change" then
        return koji .. "/buildinfo?buildID=" .. msg.msg.build_id
    elseif event == "task.state.change" then
        return koji .. "/taskinfo?taskID=" .. msg.msg.id
    elseif event == "rpm.sign" then
        return koji .. "/buildinfo?buildID=" .. rpm(msg).build_id
    elseif truthy(msg.msg.tag_id) then
        return koji .. "/taginfo?tagID=" .. msg.msg.tag_id
    end
    return koji
end

function rule.secondary_icon(msg)
    return truthy(msg.msg.owner) and avatar(msg.msg.owner) or rule.icon
end

function rule.usernames(msg)
    return { msg.msg.owner, msg.msg.user }
end

function rule.agent(msg)
    return fedora.first(msg.msg.user, msg.msg.owner)
end

function rule.packages(msg)
    local event = fedora.event(msg)
    if event == "rpm.sign" then
        return { rpm(msg).name }
    elseif event == "package.list.change" then
        return { msg.msg.package }
    end
    return { msg.msg.name }
end

function rule.objects(msg)
    local event = fedora.event(msg)
    local objects = {}
    if event == "rpm.sign" then
        return { "signatures/" .. rpm(msg).name }
    elseif event == "task.state.change" then
        return { instance(msg) .. "/scratch_builds/" .. msg.msg.srpm }
    elseif event:match("^repo%.") then
        return { instance(msg) .. "/repos/" .. fedora.first(msg.msg.tag, "unknown") }
    end
    if msg.msg.version then
        table.insert(objects, instance(msg) .. fmt("/builds/{name}/{version}/{release}", msg.msg))
    end
    if msg.msg.tag then
        table.insert(objects, instance(msg) .. "/tags/" .. msg.msg.tag)
    end
    return objects
end

return rule
