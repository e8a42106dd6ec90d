using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using RlhfHub.Web.Shared;

namespace RlhfHub.Web.Tests.States;

/// <summary>Every component has tests of its states, and none is forgotten when it is new.</summary>
public sealed partial class ComponentStatesTests
{
    private static readonly ILookup<Type, ComponentState> Tested = typeof(ComponentStatesTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)).Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
        .SelectMany(method => method.GetCustomAttributes<CoversAttribute>()).Select(covers => (covers.Component, covers.States))
        .Concat(ComponentStates.Pages.Select(page => (page, ComponentState.Page)))
        .Concat(WrittenParts.All.Keys.Concat(WrittenPages.All.Keys).Select(component => (component, ComponentState.Texts)))
        .ToLookup(tested => tested.Item1, tested => tested.Item2);

    public static TheoryData<string> Components => [.. ComponentStates.Interactive.Select(type => type.Name).Order(StringComparer.Ordinal)];

    [Fact]
    public void All_ComparedWithTheSite_ListsEveryComponentOnce() =>
        Assert.Equal(ComponentStates.Interactive.Select(type => type.FullName).Order(), ComponentStates.All.Keys.Select(type => type.FullName).Order());

    [Theory]
    [MemberData(nameof(Components))]
    public void States_OfEachComponent_AllHaveATest(string name)
    {
        var component = Named(name);

        Assert.Equal(ComponentStates.All[component], Tested[component].Aggregate(ComponentState.None, (all, states) => all | states));
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void States_OfEachComponent_AreAtLeastThoseThatItsSourceShows(string name)
    {
        var component = Named(name);

        Assert.Equal(ComponentState.None, Shown(component) & ~ComponentStates.All[component]);
    }

    [Fact]
    public void Pages_AllThatAreInteractive_AreOfOneKind() =>
        Assert.Equal([nameof(NotFoundPage)], ComponentStates.Interactive.Where(type => type.GetCustomAttribute<RouteAttribute>() is not null && !typeof(HubPage).IsAssignableFrom(type)).Select(type => type.Name));

    // What can be told of a component without knowing it.
    private static ComponentState Shown(Type component)
    {
        var markup = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "RlhfHub.Web"), $"{component.Name}.razor", SearchOption.AllDirectories).Single();
        var source = string.Concat(new[] { markup, $"{markup}.cs" }.Where(File.Exists).Select(File.ReadAllText));
        var states = ComponentState.None;
        if (source.Contains("<MudProgressLinear", StringComparison.Ordinal)) states |= ComponentState.Loading;
        if (source.Contains("role=\"alert\"", StringComparison.Ordinal) || source.Contains("<ProblemLine", StringComparison.Ordinal)) states |= ComponentState.Error;
        if (source.Contains("dir=\"auto\"", StringComparison.Ordinal) || source.Contains("<bdi", StringComparison.Ordinal)) states |= ComponentState.Texts;
        if (component.GetProperty("IsReadOnly") is not null || ArchivedProject().IsMatch(source)) states |= ComponentState.ReadOnly;
        return states;
    }

    private static Type Named(string name) => ComponentStates.Interactive.Single(type => type.Name == name);

    // project!.IsArchived  or  project is { Role: ProjectRole.Admin, IsArchived: false }
    [GeneratedRegex("project[^;\n]*IsArchived", RegexOptions.IgnoreCase)]
    private static partial Regex ArchivedProject();
}
