-- Koschei: rebuilds packages when what they need has changed, to find what broke them.

local fedora = shared.fedora

local rule = {
    name = "koschei",
    description = "Packages that cease, or begin, to build",
    home = "https://apps.fedoraproject.org/koschei",
    docs = "https://fedoraproject.org/wiki/Koschei",
    obj = "Package States",
    icon = "https://fedoraproject.org/w/uploads/e/e9/Koschei.png",
}

-- By the new state.
local packages = {
    ok = "{name}'s builds are back to normal{place}",
    failing = "{name}'s builds started to fail{place}",
    unresolved = "{name}'s dependencies failed to resolve{place}",
    blocked = "{name} became blocked{place}",
    untracked = "{name} became untracked{place}",
    ignored = "{name} became ignored{place}",
}

local collections = {
    ok = "{collection} buildroot was fixed",
    unresolved = "{collection} buildroot was broken",
}

-- Old messages know a repository only, as "f22", and older ones not even that.
local function collection_of(msg)
    local body = msg.msg
    local collection = fedora.first(body.collection_name, body.collection, body.repo)
    if collection and truthy(body.koji_instance) and body.koji_instance ~= "primary" then
        collection = fmt("{collection} ({koji_instance})", { collection = collection }, body)
    end
    return collection
end

local function is_of_package(msg)
    return fedora.event(msg) == "package.state.change"
end

local function is_of_collection(msg)
    return fedora.event(msg) == "collection.state.change"
end

function rule.subtitle(msg)
    local sentence
    if is_of_package(msg) then
        sentence = packages[msg.msg.new]
    elseif is_of_collection(msg) then
        sentence = collections[msg.msg.new]
    end
    local collection = collection_of(msg)
    return sentence and fmt(sentence,
        { collection = collection, place = collection and " in " .. collection or "" }, msg.msg)
end

function rule.link(msg)
    local collection = fedora.first(msg.msg.collection, msg.msg.repo)
    if is_of_package(msg) and collection then
        return fmt("{home}/package/{name}?collection={collection}",
            { home = rule.home, collection = collection }, msg.msg)
    elseif is_of_package(msg) then
        return fmt("{home}/package/{name}", { home = rule.home }, msg.msg)
    elseif is_of_collection(msg) then
        return fmt("{home}/collection/{collection}", { home = rule.home }, msg.msg)
    end
end

function rule.secondary_icon(msg)
    return is_of_package(msg) and fedora.package_icon(msg.msg.name) or nil
end

function rule.packages(msg)
    return is_of_package(msg) and { msg.msg.name } or {}
end

return rule
