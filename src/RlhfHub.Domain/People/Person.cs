using Microsoft.AspNetCore.Identity;

namespace RlhfHub.Domain.People;

/// <summary>Somebody with an account on this installation.</summary>
public sealed class Person : IdentityUser<Guid>
{
    /// <summary>Makes a person with a new, time-ordered id.</summary>
    public Person() => Id = Guid.CreateVersion7();
}
