-- The Module Build Service: builds modules out of their components.

local fedora = shared.fedora

local rule = {
    name = "mbs",
    description = "States of the builds of modules",
    home = "https://mbs.fedoraproject.org",
    docs = "https://docs.pagure.org/modularity/",
    obj = "Modules",
    icon = "https://apps.fedoraproject.org/img/icons/modularity.png",
}

function rule.subtitle(msg)
    if fedora.event(msg) == "module.state.change" then
        return fmt("{owner}'s build of modules/{name} entered the {state_name} state.", msg.msg)
    end
end

function rule.link(msg)
    return rule.home .. msg.msg.state_url
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.owner)
end

function rule.usernames(msg)
    return { msg.msg.owner }
end

function rule.objects(msg)
    return { msg.msg.name }
end

return rule
