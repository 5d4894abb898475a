-- Ask Fedora: questions, answers to them, and comments.

local fedora = shared.fedora

local rule = {
    name = "askbot",
    description = "Questions and answers",
    home = "https://ask.fedoraproject.org",
    docs = "https://fedoraproject.org/wiki/Ask_Fedora",
    obj = "Threads and Tags",
    icon = "https://apps.fedoraproject.org/img/icons/ask_fedora.png",
}

local a = { question = "a question", answer = "an answer", comment = "a comment" }

-- What has been changed, and what has been deleted.
local post_of_thread = {
    question = "the question '{thread.title}'",
    answer = "an answer to the question '{thread.title}'",
    comment = "a comment on the question '{thread.title}'",
}

local new_post = {
    question = "{agent} asked a new question '{thread.title}'",
    answer = "{agent} posted a new answer to the question '{thread.title}'",
    comment = "{agent} posted a new comment on the question '{thread.title}'",
}

local sentences = {
    ["post.edit"] = function(msg)
        local post_type = msg.post.post_type
        return truthy(msg.created) and new_post[post_type] or "{agent} updated " .. post_of_thread[post_type]
    end,
    ["post.delete"] = function(msg) return "{agent} deleted " .. post_of_thread[msg.instance.post_type] end,
    ["post.flag_offensive.add"] = function(msg)
        return "{agent} flagged " .. a[msg.instance.post_type] .. " as offensive!"
    end,
    ["post.flag_offensive.delete"] = function(msg)
        return "{agent} unflagged " .. a[msg.instance.post_type] .. " as offensive..."
    end,
    ["tag.update"] = function() return "{agent} altered tags on askbot question '{thread.title}'" end,
}

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence(msg.msg), msg.msg)
end

function rule.link(msg)
    return fmt("https://ask.fedoraproject.org/question/{msg.topmost_post_id}/", msg)
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.agent)
end

function rule.usernames(msg)
    return { msg.msg.agent }
end

function rule.objects(msg)
    local objects = { fmt("threads/{msg.thread.pk}", msg) }
    for _, tag in ipairs(msg.msg.tags or msg.msg.thread.tagnames) do
        if tag ~= "" then table.insert(objects, "tags/" .. tag) end
    end
    return objects
end

return rule
