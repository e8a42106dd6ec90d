using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>How a format calls a message's two fields and the roles: <c>{"role": "user", "content": "Hi"}</c> or <c>{"from": "human", "value":
/// "Hi"}</c>.</summary>
/// <param name="Role">The field of the speaker.</param>
/// <param name="Content">The field of the words.</param>
/// <param name="Roles">What the file calls each role; the first name of a role is the one that is written.</param>
internal sealed record MessageNames(string Role, string Content, IReadOnlyList<(string Name, string Role)> Roles)
{
    /// <summary>The extra field with what messages say beyond role and content: for each list an entry a message, null where it says no more.</summary>
    public const string ExtraName = "message_fields";

    public static MessageNames Chat { get; } = new("role", "content", [.. Message.Roles.Select(role => (role, role))]);

    public bool Knows(string field) => field == Role || field == Content;

    public bool HasMore(JsonElement item) => item.EnumerateObject().Any(field => !Knows(field.Name));

    public string NameOf(string role) => Roles.First(known => known.Role == role).Name;

    public Message Read(JsonElement item, string place)
    {
        if (item.ValueKind != JsonValueKind.Object)
            throw new BadRecordException($"{place} is {JsonFormat.Snippet(item)}; expected an object with '{Role}' and '{Content}'");
        if (!item.TryGetProperty(Role, out var role) || role.ValueKind != JsonValueKind.String)
            throw new BadRecordException($"{place} has no '{Role}'; expected {Expected}");
        var said = role.GetString();
        var known = Roles.FirstOrDefault(known => known.Name == said).Role ?? throw new BadRecordException($"{place} has the {Role} {JsonFormat.Snippet(role)}; expected {Expected}");
        if (!item.TryGetProperty(Content, out var content) || content.ValueKind != JsonValueKind.String)
            throw new BadRecordException($"{place} has no text in '{Content}'; expected one (lists of parts and bare tool calls are not read)");
        return new(known, content.GetString()!);
    }

    private string Expected => string.Join(", ", Roles.Select(known => known.Name));
}
