using Rag.Tokenizers.ChatTemplates;

namespace Rag.Tokenizers.Tests.ChatTemplates;

public sealed class ChatTemplateTests
{
    private static readonly ChatTurn[] Turns = [new("system", "Be brief."), new("user", "Hello")];

    [Fact]
    public void Default_writes_the_stated_form() => Assert.Equal(
        "<s>### System:\nBe brief.\n\n### User:\nHello\n\n### Assistant:\n",
        ChatTemplate.Default.Render(Turns, new ChatTemplateContext { BosToken = "<s>" }));

    [Theory]
    [InlineData("{% include 'x' %}", "include")]
    [InlineData("{{ x | frobnicate }}", "frobnicate")]
    [InlineData("{{ x is wobbly }}", "wobbly")]
    [InlineData("{{ x.format('y') }}", "format")]
    [InlineData("{% call f() %}{% endcall %}", "call")]
    public void Parse_what_is_not_known_is_refused_by_name(string source, string named) =>
        Assert.Contains(named, Assert.Throws<UnsupportedException>(() => ChatTemplate.Parse(source)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{% if x %}{{ x | frobnicate }}{% endif %}fine", "fine")]
    [InlineData("{% if not x %}{{ 'a' }}{% elif x | frobnicate %}{% endif %}", "a")]
    public void Parse_a_filter_that_there_is_not_directly_in_an_if_fails_only_when_it_is_used(string source, string expected)
    {
        Assert.Equal(expected, Render(source));
        Assert.EndsWith("No filter named 'frobnicate' found.", Assert.Throws<IncompatibleException>(() => Render("{% set x = 1 %}" + source)).Message, StringComparison.Ordinal);
        Assert.Throws<UnsupportedException>(() => ChatTemplate.Parse("{% if x %}{% for y in x %}{{ y | frobnicate }}{% endfor %}{% endif %}"));
        Assert.Throws<UnsupportedException>(() => ChatTemplate.Parse("{% if x %}{{ x | xmlattr }}{% endif %}"));
    }

    [Theory]
    [InlineData("{% if x %}")]
    [InlineData("{{ x ")]
    [InlineData("{% endfor %}")]
    [InlineData("{{ 1 + }}")]
    [InlineData("{# never ends")]
    [InlineData("{{ 'open }}")]
    [InlineData("{% break %}")]
    [InlineData("{% raw %}")]
    public void Parse_what_is_no_template_is_corrupt(string source) => Assert.Throws<CorruptException>(() => ChatTemplate.Parse(source));

    [Fact]
    public void Render_an_error_that_the_template_raises_carries_its_words() => Assert.EndsWith(
        "roles must alternate",
        Assert.Throws<IncompatibleException>(() => Render("{{ raise_exception('roles must alternate') }}")).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "MaxSteps")]
    [InlineData("{% set ns = namespace(s='aaaaaaaaaaaaaaaaaaaa') %}{% for a in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "MaxOutputLength")]
    [InlineData("{{ 'a' * 999999999999 }}", "MaxOutputLength")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for a in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}", "MaxSteps")]
    public void Render_without_end_meets_a_limit(string source, string limit) =>
        Assert.Equal(limit, Assert.Throws<LimitExceededException>(() => Render(source)).LimitName);

    [Fact]
    public void Render_a_macro_that_calls_itself_without_end_fails_and_the_program_lives() =>
        Assert.ThrowsAny<RagException>(() => Render("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"));

    [Fact]
    public void Parse_nesting_without_end_is_refused_and_the_program_lives()
    {
        Assert.Throws<UnsupportedException>(() => ChatTemplate.Parse("{{ " + new string('(', 200_000) + '1' + new string(')', 200_000) + " }}"));
        Assert.Throws<UnsupportedException>(() => ChatTemplate.Parse("{{ 1" + string.Concat(Enumerable.Repeat("+1", 100_000)) + " }}"));
        Assert.Throws<UnsupportedException>(() => ChatTemplate.Parse("{{ x" + string.Concat(Enumerable.Repeat(".a", 100_000)) + " }}"));
    }

    [Theory]
    [InlineData("{{ ''.__class__.__mro__ }}")]
    [InlineData("{{ messages.append(1) }}")]
    [InlineData("{{ messages[0].GetType() }}")]
    public void Render_reaches_nothing_of_the_program(string source) => Assert.ThrowsAny<RagException>(() => Render(source));

    [Fact]
    public void Render_a_variable_of_a_foreign_kind_is_the_callers_mistake() =>
        Assert.Throws<ArgumentException>(() => ChatTemplate.Default.Render(Turns, new ChatTemplateContext { Extras = new Dictionary<string, object?> { ["x"] = new Uri("http://x") } }));

    [Theory]
    [InlineData("{{ messages[1].content }} and on", "Hello")]
    [InlineData("{{ messages[1].content | upper }}", null)]
    public void Render_of_a_message_to_go_on_with_ends_behind_it(string source, string? expected)
    {
        ChatTemplateContext context = new() { ContinueFinalMessage = true };
        if (expected is not null)
        {
            Assert.Equal(expected, ChatTemplate.Parse(source).Render(Turns, context));
        }
        else
        {
            Assert.Throws<IncompatibleException>(() => ChatTemplate.Parse(source).Render(Turns, context));
        }
    }

    private static string Render(string source) => ChatTemplate.Parse(source).Render(Turns, new ChatTemplateContext());
}
