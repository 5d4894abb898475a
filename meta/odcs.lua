-- The On Demand Compose Service: composes that somebody asked for.

local fedora = shared.fedora

local rule = {
    name = "odcs",
    description = "States of composes that were asked for",
    home = "https://odcs.engineering.redhat.com/api/1/composes/",
    docs = "https://pagure.io/odcs",
    obj = "Composes",
    icon = "https://apps.fedoraproject.org/img/icons/odcs.png",
}

function rule.subtitle(msg)
    if fedora.event(msg) == "compose.state-changed" then
        return fmt("{owner}'s compose {id} entered the {state_name} state.", msg.msg.compose)
    end
end

function rule.link(msg)
    return fmt("https://odcs.fedoraproject.org/api/1/composes/{id}", msg.msg.compose)
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.compose.owner)
end

function rule.usernames(msg)
    return { msg.msg.compose.owner }
end

function rule.objects(msg)
    return { msg.msg.compose.id }
end

return rule
