using System.Diagnostics;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Shared;

namespace RlhfHub.Web.Tests.Features.Labeling;

/// <summary>What people and models wrote is shown everywhere as text, whatever it tries to be.</summary>
public sealed class HostileTextTests : ComponentTest
{
    private static readonly HashSet<string> Tags = new(StringComparer.Ordinal)
    {
        "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
        "div", "section", "button", "kbd", "label", "textarea", "bdi", "b", "del", "ins", "details", "summary", "small", "input",
    };

    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal)
    {
        "class", "dir", "href", "rel", "target", "start", "tabindex", "title", "role", "type", "disabled", "id", "for", "rows", "readonly", "maxlength", "value", "autocomplete",
    };

    private readonly FakeChat chat = new();

    public HostileTextTests() => Services.AddSingleton<IChatPartner>(chat);

    [Fact]
    public void Markdown_EveryHostileText_IsInert() => Each(text => Render<Markdown>(parameters => parameters.Add(view => view.Text, text)));

    [Fact]
    public void RawText_EveryHostileText_IsInertAndNamesWhatCannotBeSeen() => Each(text =>
    {
        var view = Render<RawText>(parameters => parameters.Add(raw => raw.Text, text));
        Assert.DoesNotContain(view.Nodes.SelectMany(node => node.TextContent), letter => letter is '\u202E' or '\u2067' or '\u200B' or '\u0000');
        return view;
    });

    [Fact]
    public void WordDiff_EveryHostileText_IsInert() => Each(text => Render<WordDiff>(parameters => parameters.Add(view => view.Old, "Water the basil.").Add(view => view.New, text)));

    [Fact]
    public void AnswerText_EveryHostileText_IsOneLineShutOffFromItsSurroundings() => Assert.All(HostileTexts.All, text =>
    {
        var words = AnswerText.Of(new DemonstrationAnswer { Text = text });
        Assert.DoesNotContain(words, letter => char.IsControl(letter) || letter == '\u202E');
        Assert.Contains('\u2068', words);
        Assert.Contains('\u2069', words);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TaskPanel_EveryHostileTextWhereverOneMayStand_IsInert(bool isRaw) => Each(text =>
    {
        var kind = KindNames.All[text.Length % KindNames.All.Count];
        chat.View = new ChatView([new(text, [text, text], 0, 1, IsOpening: false), new(text, [text, text], null, 0, IsOpening: false)], 20);
        var view = new TaskView
        {
            AssignmentId = Guid.Empty,
            Kind = kind,
            State = AssignmentState.Leased,
            Messages = [new(Message.User, text)],
            Replies = [text, text],
            LeaseExpiresAt = DateTime.MaxValue,
            GuidelinesVersion = 0,
            Reason = text,
            EarlierAnswer = new ComparisonAnswer { Rationale = text, BetterReply = text },
            OtherDrafts = [new("other", 1, System.Text.Json.JsonSerializer.Serialize(new { text }), DateTime.UnixEpoch)],
        };
        var settings = new ProjectSettings
        {
            Kinds = [kind],
            Comparison = new() { Rationale = RationaleRule.Optional, Aspects = [text] },
            Rating = new() { Attributes = [new() { Name = text, Description = text }] },
            Classification = new() { Labels = [new() { Name = text, Description = text }, new() { Name = "ham" }] },
            Demonstration = new() { OffersDraft = true },
        };
        return Render<TaskPanel>(parameters => parameters.Add(panel => panel.View, view).Add(panel => panel.Settings, settings).Add(panel => panel.StartsRaw, isRaw));
    });

    [Fact]
    public void ToHtml_EveryHostileText_TakesNoLongerThanARaterWouldNotice() => Assert.All(HostileTexts.All, text =>
    {
        var watch = Stopwatch.StartNew();
        MarkdownText.ToHtml(text + " ");   // not the one that is kept ready
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed} for {text[..Math.Min(40, text.Length)]}");
    });

    private static void Each<T>(Func<string, IRenderedComponent<T>> show)
        where T : IComponent
    {
        foreach (var text in HostileTexts.All)
        {
            using var view = show(text);
            foreach (var element in view.Nodes.SelectMany(node => node is IElement root ? root.QuerySelectorAll("*").Prepend(root) : []))
            {
                Assert.True(Tags.Contains(element.LocalName), $"<{element.LocalName}> from {Start(text)}");
                foreach (var attribute in element.Attributes) AssertInert(element, attribute, text);
            }
        }
    }

    private static void AssertInert(IElement element, IAttr attribute, string text)
    {
        var isOwn = Attributes.Contains(attribute.Name) || attribute.Name.StartsWith("data-", StringComparison.Ordinal) || attribute.Name.StartsWith("aria-", StringComparison.Ordinal)
            || attribute.Name.StartsWith("blazor:", StringComparison.Ordinal) || attribute.Name.StartsWith("b-", StringComparison.Ordinal);
        Assert.True(isOwn, $"{attribute.Name} on <{element.LocalName}> from {Start(text)}");
        if (attribute.Name == "href") Assert.True(Uri.TryCreate(attribute.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "mailto", $"{attribute.Value} from {Start(text)}");
        if (attribute.Name == "class" && element.LocalName == "span" && element.Closest(".markdown") is not null) Assert.StartsWith("code-", attribute.Value, StringComparison.Ordinal);
    }

    private static string Start(string text) => text[..Math.Min(80, text.Length)];
}
