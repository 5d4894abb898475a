-- The package database: packages, their branches, who may do what with them, and requests to the admins.

local fedora = shared.fedora

local rule = {
    name = "pkgdb",
    description = "Packages, their branches and owners",
    home = "https://admin.fedoraproject.org/pkgdb",
    docs = "https://fedoraproject.org/wiki/Package_database",
    obj = "Packages",
    icon = "https://apps.fedoraproject.org/packages/images/icons/package_128x128.png",
}

-- The first of the paths that leads to something.
local function first(msg, paths)
    for _, path in ipairs(paths) do
        local it = get(msg, path)
        if truthy(it) then return it end
    end
end

-- nil: the message is about no package. Old ones have only its name, requests for a new one the name it shall have.
local function package(msg)
    local it = first(msg, {
        "msg.package", "msg.package_listing.package", "msg.package_listings.1.package", "msg.acl.packagelist.package",
        "msg.action.package",
    })
    if kind(it) == "object" then return it end
    local name = it or first(msg, { "msg.package_name", "msg.info.pkg_name", "msg.action.info.pkg_name" })
    local namespace = first(msg, { "msg.info.pkg_namespace", "msg.action.info.pkg_namespace" })
    return name and { name = name, namespace = namespace }
end

local function full_name(msg)
    local it = package(msg)
    return it and (get(it, "namespace") or "rpms") .. "/" .. it.name
end

local function branch(msg)
    return first(msg, {
        "msg.package_listing.collection.branchname", "msg.acl.packagelist.collection.branchname",
        "msg.action.collection.branchname", "msg.collection.branchname", "msg.collection_to.branchname", "msg.branch",
    })
end

local function branches(msg)
    if has(msg, "msg.branches") then return fedora.list(msg.msg.branches) end
    local names = {}
    for i, listing in ipairs(get(msg, "msg.package_listings") or {}) do names[i] = listing.collection.branchname end
    return fedora.list(names)
end

local function owner(msg)
    return first(msg, { "msg.package_listing.point_of_contact", "msg.package_listing.owner" })
end

-- A sentence, or a function that chooses one.
local sentences = {
    ["acl.update"] = "{agent} changed {username}'s '{acl}' permission on {package} ({branch}) to '{status}'",
    ["acl.delete"] = "{agent} deleted {acl.fas_name}'s {acl.acl} rights from {package} ({branch})",
    ["acl.request.toggle"] = "{agent} has {acl_action} '{acl}' on {package} ({branch})",
    ["acl.user.remove"] = "{agent} removed {username} from {package} ({branches})",
    ["owner.update"] = "{agent} changed owner of {package} ({branch}) to '{owner}'",
    ["branch.clone"] = "{agent} branched {package} {branch} from {master}",
    ["branch.start"] = "{agent} started a branch of {collection_to.branchname} from {collection_from.branchname}",
    ["branch.complete"] = "{agent}'s branch of {collection_to.branchname} from {collection_from.branchname} completed",
    ["collection.new"] = "{agent} created a new collection for {collection.name} {collection.version}",
    ["collection.update"] = "{agent} updated the following fields of the {collection.name} {collection.version} collection: "
        .. "{fields}",
    ["critpath.update"] = "{agent} altered the critpath status for some packages",
    ["package.new"] = "{agent} added a new package '{package}' ({branch})",
    ["package.new.request"] = "{agent} requested package {package} on branch {branch}",
    ["package.retire"] = "{agent} {retirement} {package} ({branch})!",
    ["package.unretire.request"] = "{agent} asks that {package} be unretired on {branch}",
    ["package.delete"] = "{agent} deleted the '{package}' package from the pkgdb",
    ["package.branch.new"] = "{agent} created the branch '{branch}' for the package '{package}'",
    ["package.branch.request"] = "{agent} requested branch {branch} for package {package}",
    ["package.branch.delete"] = "{agent} deleted the {branch} branch of the '{package}' package",
    ["package.critpath.update"] = "{agent} {set} the critpath flag on the {package} package ({branches})",
    ["package.monitor.update"] = "{agent} set the monitor flag of {package} to {status}",
    ["package.koschei.update"] = "{agent} set the koschei monitoring flag of {package} to {status}",
}

-- Old messages do not say what was changed.
sentences["package.update"] = function(msg)
    return truthy(msg.fields) and "{agent} updated: {fields} of {package}" or "{agent} made some updates to {package}"
end

sentences["package.update.status"] = function(msg)
    if msg.status == "Retired" then return "{agent} retired {package} in {branch}" end
    if msg.status == "Orphaned" then return "{agent} orphaned {package} in {branch}" end
    if msg.prev_status == "Retired" then return "{agent} unretired {package} in {branch}" end
    if msg.prev_status == "Orphaned" then return "{agent} unorphaned {package} in {branch}" end
    return "{agent} changed the status of {package} in {branch} from {prev_status} to {status}"
end

sentences["admin.action.status.update"] = function(msg)
    local request = msg.action.action:gsub("^request%.(.+)$", "%1 request")  -- request.branch
    local sentence = "{agent} changed {action.user}'s " .. request
        .. " for {package} in {branch} from {old_status} to {new_status}"
    return truthy(msg.action.message) and sentence .. " with message: {action.message}" or sentence
end

local function agent(msg)
    return fedora.name(msg.msg.agent)
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    if type(sentence) == "function" then sentence = sentence(msg.msg) end
    return sentence and fmt(sentence, {
        agent = agent(msg),
        package = full_name(msg),
        branch = branch(msg),
        branches = branches(msg),
        owner = owner(msg),
        fields = fedora.list(msg.msg.fields),
        set = fedora.either(msg.msg.critpath, "set", "unset"),
    }, msg.msg)
end

function rule.link(msg)
    return full_name(msg) and "https://admin.fedoraproject.org/pkgdb/package/" .. full_name(msg) .. "/"
end

function rule.secondary_icon(msg)
    return avatar(agent(msg))
end

-- Permissions may be those of a group: "group::kde-sig".
function rule.usernames(msg)
    local other = first(msg, { "msg.username", "msg.acl.fas_name", "msg.action.user" })
    return { agent(msg), other and not other:find("^group::") and other or nil }
end

function rule.agent(msg)
    return agent(msg)
end

function rule.packages(msg)
    return { package(msg) and package(msg).name }
end

local objects = {
    ["acl.update"] = "{package}/acls/{branch}/{acl}/{username}",
    ["acl.delete"] = "{package}/acls/{branch}/{acl.acl}/{acl.fas_name}",
    ["acl.request.toggle"] = "{package}/acls/{branch}/{acl}/{agent}",
    ["acl.user.remove"] = "{package}/remove/{username}",
    ["owner.update"] = "{package}/owner/{branch}",
    ["branch.clone"] = "{package}/branch",
    ["package.new"] = "{package}/create",
    ["package.new.request"] = "new/package/request/{package}/{branch}/{agent}",
    ["package.retire"] = "{package}/retire",
    ["package.unretire.request"] = "{package}/unretire/{branch}",
    ["package.update"] = "{package}/update",
    ["package.update.status"] = "{package}/update",
    ["package.critpath.update"] = "{package}/critpath",
    ["package.delete"] = "{package}/package/delete",
    ["package.branch.new"] = "{package}/{branch}/new",
    ["package.branch.request"] = "{package}/branch/request/{branch}/{agent}",
    ["package.branch.delete"] = "{package}/{branch}/delete",
    ["package.monitor.update"] = "{package}/monitor/{status}",
    ["package.koschei.update"] = "{package}/koschei/{status}",
    ["admin.action.status.update"] = "action/{action.id}/status/{package}/{branch}/{action.user}",
}

function rule.objects(msg)
    local object = objects[fedora.event(msg)]
    return object and { fmt(object, {
        package = package(msg).name,
        branch = branch(msg),
        agent = agent(msg),
        status = kind(msg.msg.status) == "boolean" and tostring(msg.msg.status) or nil,  -- true, where fmt says True
    }, msg.msg) }
end

local function told(messages, subject)
    local packages, acls, branch_names = {}, {}, {}
    for i, msg in ipairs(messages) do
        packages[i] = package(msg).name
        acls[i] = msg.msg.acl
        branch_names[i] = branch(msg)
    end
    local msg = messages[1]
    return fmt("{agent} changed {whose} {acls} {permissions} on {packages} ({branches}) to {msg.status}.", msg, {
        agent = fedora.you(agent(msg), subject),
        whose = msg.msg.username == subject and "your" or msg.msg.username .. "'s",
        acls = series(acls),
        permissions = plural(#acls, "permission", "permissions"),
        packages = series(packages),
        branches = series(branch_names),
    })
end

rule.conglomerators = { {
    can_handle = function(msg) return fedora.event(msg) == "acl.update" end,
    matches = function(a, b)
        return agent(a) == agent(b) and a.msg.username == b.msg.username and a.msg.status == b.msg.status
    end,
    merge = function(messages, subject, entry)
        entry.subtitle = told(messages)
        entry.subjective = told(messages, subject)
        entry.link = fmt("https://admin.fedoraproject.org/pkgdb/packager/{msg.username}/", messages[1])
        entry.secondary_icon = avatar(messages[1].msg.username)
        return entry
    end,
} }

return rule
