-- The wiki of Fedora, a MediaWiki.

local fedora = shared.fedora

local rule = {
    name = "wiki",
    description = "Edits of and uploads to the Fedora wiki",
    home = "https://fedoraproject.org/wiki",
    docs = "https://fedoraproject.org/wiki",
    obj = "Wiki Edits",
    icon = "https://fedoraproject.org/w/skins/common/images/mediawiki.png",
}

local sentences = {
    ["article.edit"] = '{user} made a wiki edit to "{title}"',
    ["upload.complete"] = "{user} uploaded {title.mPrefixedText} to the wiki{description}",
}

-- As the wiki writes it, with a capital.
local function user_of(msg)
    return fedora.first(msg.msg.user, msg.msg.user_text)
end

function rule.subtitle(msg)
    local body, sentence = msg.msg, sentences[fedora.event(msg)]
    local words = { user = user_of(msg), description = "" }
    if truthy(body.description) then
        words.description = fmt(': "{start}..."', { start = truncate(body.description, 35) })
    end
    return sentence and fmt(sentence, words, body)
end

function rule.link(msg)
    -- Of an upload only the path is told.
    return re.sub(re.sub(msg.msg.url, "^/", "https://fedoraproject.org/"), "^http:", "https:")
end

function rule.secondary_icon(msg)
    return avatar(user_of(msg):lower())
end

function rule.usernames(msg)
    return { user_of(msg):lower() }
end

function rule.objects(msg)
    local event = fedora.event(msg)
    if event == "article.edit" then
        return { fmt("{title}-page", msg.msg) }
    elseif event == "upload.complete" then
        return { re.sub(msg.msg.url, "^/", "") }
    end
end

return rule
