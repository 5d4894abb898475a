-- Anitya, which watches upstream projects for new versions, and knows their packages in distributions.

local fedora = shared.fedora

local rule = {
    name = "anitya",
    description = "New versions of upstream projects",
    home = "https://release-monitoring.org",
    docs = "https://release-monitoring.org/about",
    obj = "Upstream Projects",
    icon = "https://apps.fedoraproject.org/packages/images/icons/package_128x128.png",
    prefix = [[org\.release-monitoring\.(dev|stg|prod)]],
}

local sentences = {
    ["distro.add"] = '{agent} added the distro named "{message.distro}" to anitya',
    ["distro.edit"] = '{agent} changed a distro name from "{message.old}" to "{message.new}"',
    ["distro.remove"] = '{agent} deleted the distro "{message.distro}"',
    ["project.add"] = '{agent} added the project "{message.project}" to anitya',
    ["project.add.tried"] = '{agent} tried to add the project "{message.project}" to anitya '
        .. "(but it already exists there)",
    ["project.edit"] = '{agent} edited the following fields of the "{message.project}" project: {fields}',
    ["project.remove"] = '{agent} deleted the "{message.project}" project',
    ["project.flag"] = '{agent} flagged the project "{message.project}"',
    ["project.flag.set"] = '{agent} {message.state} flag "{message.flag}"',
    ["project.map.new"] = '{agent} mapped the name of "{message.project}" in {message.distro} to "{message.new}"',
    ["project.map.update"] = '{agent} updated the name of "{message.project}" in "{message.distro}" '
        .. 'from "{message.prev}" to "{message.new}"',
    ["project.map.remove"] = '{agent} deleted the mapping of "{message.project}" project on "{message.distro}"',
    ["project.version.remove"] = '{agent} deleted the version {message.version} of "{message.project}"',
    ["project.version.update"] = 'A new version of "{project.name}" has been detected:  '
        .. '"{message.upstream_version}"{compared}{packaged}',
}

-- What happened; the first messages of new versions had it beside the project.
local function message(msg)
    return msg.msg.message or msg.msg
end

-- People log in by OpenID, or by a service that tells their mail address.
local function agent(msg)
    return fas(fedora.user_of_openid(message(msg).agent))
end

local function distro(msg)
    return truthy(msg.msg.distro) and msg.msg.distro.name
end

-- The packages that are told of in a list, those of Fedora.
local function listed(msg)
    local names = {}
    local packages = message(msg).packages or msg.msg.packages
    for _, package in ipairs(truthy(packages) and packages or {}) do
        if package.distro == "Fedora" then
            table.insert(names, package.package_name)
        end
    end
    return names
end

local function quoted(names)
    local texts = {}
    for i, name in ipairs(names) do
        texts[i] = '"' .. name .. '"'
    end
    return series(texts)
end

function rule.subtitle(msg)
    local message = message(msg)
    local sentence = sentences[fedora.event(msg)]
    if not sentence then return nil end
    local compared, packaged = "", ""
    if truthy(message.old_version) then
        compared = (truthy(message.odd_change) and " older than " or " newer than ") .. quoted({ message.old_version })
    end
    if truthy(listed(msg)) then
        packaged = ", packaged as " .. quoted(listed(msg))
    end
    return fmt(sentence, {
        agent = message.agent and agent(msg),
        message = message,
        project = msg.msg.project,
        fields = message.fields and series(message.fields),
        compared = compared,
        packaged = packaged,
    })
end

function rule.link(msg)
    if truthy(msg.msg.project) then
        return rule.home .. "/project/" .. msg.msg.project.id .. "/"
    elseif truthy(msg.msg.distro) then
        return rule.home .. "/distros"
    end
    return rule.home .. "/"
end

function rule.secondary_icon(msg)
    return fedora.picture(agent(msg))
end

function rule.usernames(msg)
    return fedora.users({ agent(msg) })
end

function rule.agent(msg)
    return agent(msg)
end

-- The names that the package of a mapping has, and had.
local function mapping(msg)
    if not fedora.event(msg):match("^project%.map%.") then return {} end
    return { message(msg).new, message(msg).prev }
end

function rule.packages(msg)
    local names = listed(msg)
    for _, name in ipairs(mapping(msg)) do
        table.insert(names, name)
    end
    return names
end

function rule.objects(msg)
    local objects = {}
    if truthy(msg.msg.project) then
        table.insert(objects, "projects/" .. msg.msg.project.name)
    end
    if distro(msg) then
        table.insert(objects, "distros/" .. distro(msg))
    end
    if fedora.event(msg) == "distro.edit" then
        table.insert(objects, "distros/" .. message(msg).new)
    elseif message(msg).flag then
        table.insert(objects, "flag/" .. message(msg).flag)
    end
    for _, name in ipairs(mapping(msg)) do
        table.insert(objects, "mappings/" .. message(msg).distro .. "/" .. name)
    end
    return objects
end

return rule
