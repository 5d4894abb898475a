-- Planet Fedora: posts from the blogs of contributors.

local fedora = shared.fedora

local rule = {
    name = "planet",
    description = "Posts from the blogs of contributors",
    home = "http://planet.fedoraproject.org/",
    docs = "https://fedoraproject.org/wiki/Planet",
    obj = "Blog Posts",
    icon = "https://apps.fedoraproject.org/img/icons/planet_logo.png",
}

-- Some blogs belong to nobody with an account.
local function author(msg)
    return fedora.first(msg.msg.username, msg.msg.name)
end

function rule.subtitle(msg)
    if fedora.event(msg) == "post.new" then
        return fmt('{author} posted "{msg.post.title}"', msg, { author = author(msg) })
    end
end

function rule.long_form(msg)
    return msg.msg.post.summary
end

function rule.link(msg)
    return msg.msg.post.link
end

function rule.secondary_icon(msg)
    return msg.msg.face
end

function rule.usernames(msg)
    return { msg.msg.username }
end

function rule.objects(msg)
    return { re.sub(msg.msg.post.link, "^\\w+://", "") }
end

return rule
