-- Who is meant: users of the site, and people of whom there is only a mail address.

local people = {}

-- The user's name. Old messages have an object in its place, some a list.
function people.name(user)
    if kind(user) == "list" then user = user[1] end
    if kind(user) == "object" then return user.username end
    return user
end

function people.is_user(name)
    return kind(name) == "string" and name ~= "" and not name:find("@", 1, true)
end

-- The picture of a user, or of a mail address that belongs to none.
function people.icon(name)
    if people.is_user(name) then return avatar(name) end
    return gravatar(name)
end

-- Those who are users, of a list of user names and mail addresses.
function people.users(names)
    local users = {}
    for _, name in ipairs(names) do
        if people.is_user(name) then table.insert(users, name) end
    end
    return users
end

-- "You", where the one who reads is meant.
function people.you(name, subject)
    return name == subject and "You" or name
end

-- "You, ralph, and 2 others"
function people.series(names, subject)
    local words = {}
    for i, name in ipairs(names) do words[i] = people.you(name, subject) end
    return series(words)
end

-- "display_name, comments": in the order of the message.
function people.list(names)
    if not truthy(names) then return nil end
    local words = {}
    for i, name in ipairs(names) do words[i] = name end
    return table.concat(words, ", ")
end

return people
