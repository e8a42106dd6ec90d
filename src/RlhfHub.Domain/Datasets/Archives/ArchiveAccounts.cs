namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>Who the people of an archive are here: an account with the same id, or only a name.</summary>
internal sealed class ArchiveAccounts(IReadOnlySet<Guid> known)
{
    private readonly Dictionary<string, (Guid? Id, string? Name)> people = new(StringComparer.Ordinal);

    public void Add(PersonRecord person)
    {
        var isKnown = person.Id is { } id && known.Contains(id);
        if (!people.TryAdd(person.Name, isKnown ? (person.Id, null) : (null, person.Name))) throw new InvalidDataException($"two people are called '{person.Name}'");
    }

    /// <summary>The account, or the name of somebody without one; neither for nobody.</summary>
    /// <exception cref="InvalidDataException">The archive has nobody of this name.</exception>
    public (Guid? Id, string? Name) Of(string? name) =>
        name is null ? (null, null) : people.TryGetValue(name, out var person) ? person : throw new InvalidDataException($"'{name}' is none of the archive's people");
}
