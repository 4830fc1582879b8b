using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Generation.Replies;

namespace Rag.Runtime.Tests.Generation.Replies;

/// <summary>Replies in the forms of many families, however they are cut into pieces.</summary>
public sealed class ReplyFormTests
{
    private const string Think = "{% if x %}<think></think>{% endif %}";
    private const string Hermes = Think + "{{ tools }}<tool_call>";
    private const string Llama = "{{ tools }}<|start_header_id|>{\"parameters\": x}<|python_tag|>";
    private const string Mistral = "{{ tools }}[TOOL_CALLS]";
    private const string DeepSeek = Think + "{{ tools }}<｜tool▁calls▁begin｜>";
    private const string DeepSeekTags = Think + "{{ tools }}<｜DSML｜";
    private const string Cohere = "{{ tools }}<|START_THINKING|><|START_ACTION|><|START_RESPONSE|><|END_RESPONSE|>";
    private const string OldCohere = "{{ tools }}Action: <|CHATBOT_TOKEN|>";
    private const string Harmony = "{{ tools }}<|start|><|channel|><|message|>";
    private const string Granite = Think + "<response></response>{{ tools }}<|tool_call|>";
    private const string Glm = Think + "{{ tools }}<tool_call><arg_key>";
    private const string Coder = Think + "{{ tools }}<tool_call><function=";
    private const string Kimi = "{{ tools }}<|tool_calls_section_begin|>";

    public static TheoryData<string, string, string> Cases => new()
    {
        // Nothing to find: every character is answer.
        { "plain", " a <think>b</think> ", "⟨answer⟩ a <think>b</think> " },
        { "plain", "", "" },

        // Reasoning.
        { Think, "<think>\nI see.\n\nWell.\n</think>\n\nThe answer.\n", "⟨thought⟩I see.\n\nWell.⟨answer⟩The answer.\n" },
        { Think, "<think>\n\n</think>\n\nThe answer.", "⟨answer⟩The answer." },
        { Think, "\n<think>a < b and </thin> c", "⟨thought⟩a < b and </thin> c" },
        { Think, "In HTML-like text <think> is a tag.", "⟨answer⟩In HTML-like text <think> is a tag." },
        { Think, "First.\n<think>Hm.</think>Then.", "⟨answer⟩First.⟨thought⟩Hm.⟨answer⟩Then." },
        { Think, "No thought, <thi", "⟨answer⟩No thought, <thi" },
        { Granite, "<think>x</think><response>The answer.</response>", "⟨thought⟩x⟨answer⟩The answer." },
        { Cohere, "<|START_THINKING|>x<|END_THINKING|><|START_RESPONSE|>The answer.<|END_RESPONSE|>", "⟨thought⟩x⟨answer⟩The answer." },

        // Calls.
        { Hermes, "<think>t</think>\n\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"서울\", \"days\": 2}}\n</tool_call>", "⟨thought⟩t⟨call⟩get_weather{\"city\":\"서울\",\"days\":2}" },
        { Hermes, "I look.\n<tool_call>{\"name\":\"get_weather\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"search_docs\",\"arguments\":\"{\\\"k\\\":1}\"}</tool_call>\nDone.", "⟨answer⟩I look.⟨call⟩get_weather{}⟨call⟩search_docs{\"k\":1}⟨answer⟩Done." },
        { Llama, "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}", "⟨call⟩get_weather{\"city\":\"Rome\"}" },
        { Llama, "<|python_tag|>{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}; {\"name\": \"search_docs\", \"parameters\": {}}", "⟨call⟩get_weather{\"city\":\"Rome\"}⟨call⟩search_docs{}" },
        { Llama, "The object {\"name\": \"get_weather\", \"parameters\": {}} is text.", "⟨answer⟩The object {\"name\": \"get_weather\", \"parameters\": {}} is text." },
        { Llama, "{\"temperature\": 3}", "⟨answer⟩{\"temperature\": 3}" },
        { Mistral, "[TOOL_CALLS][{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}, \"id\": \"a1b2c3d4e\"}]", "⟨call⟩get_weather{\"city\":\"Rome\"}" },
        { Mistral, "Look: [TOOL_CALLS]get_weather[ARGS]{\"city\": \"Rome\"}[TOOL_CALLS]search_docs[CALL_ID]a1b2c3d4e[ARGS]{\"k\": 2}", "⟨answer⟩Look:⟨call⟩get_weather{\"city\":\"Rome\"}⟨call⟩search_docs{\"k\":2}" },
        { DeepSeek, "x\n</think>\n\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{\"city\": \"Rome\"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "⟨thought⟩x⟨call⟩get_weather{\"city\":\"Rome\"}" },
        { DeepSeek, "</think><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{\"city\": \"Rome\"}<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>search_docs<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "⟨call⟩get_weather{\"city\":\"Rome\"}⟨call⟩search_docs{}" },
        { DeepSeekTags, "</think>\n\n<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"get_weather\">\n<｜DSML｜parameter name=\"city\" string=\"true\">12</｜DSML｜parameter>\n<｜DSML｜parameter name=\"days\" string=\"false\">3</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>", "⟨call⟩get_weather{\"city\":\"12\",\"days\":3}" },
        { Cohere, "<|START_THINKING|>I plan.<|END_THINKING|><|START_ACTION|>[\n    {\"tool_call_id\": \"0\", \"tool_name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}\n]<|END_ACTION|>", "⟨thought⟩I plan.⟨call⟩get_weather{\"city\":\"Rome\"}" },
        { OldCohere, "Action: ```json\n[{\"tool_name\": \"search_docs\", \"parameters\": {\"query\": \"x\"}}]\n```", "⟨call⟩search_docs{\"query\":\"x\"}" },
        { Granite, "<|tool_call|>[{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}]", "⟨call⟩get_weather{\"city\":\"Rome\"}" },
        { Glm, "<think>t</think>\n<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>2024</arg_value>\n<arg_key>days</arg_key>\n<arg_value>2</arg_value>\n</tool_call>", "⟨thought⟩t⟨call⟩get_weather{\"city\":\"2024\",\"days\":2}" },
        { Coder, "<tool_call>\n<function=search_docs>\n<parameter=query>\na\nb\n</parameter>\n<parameter=filters>\n{\"year\": 3}\n</parameter>\n</function>\n</tool_call>", "⟨call⟩search_docs{\"query\":\"a\\nb\",\"filters\":{\"year\":3}}" },
        { Kimi, "Hi.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{\"city\": \"Rome\"}<|tool_call_end|><|tool_calls_section_end|>", "⟨answer⟩Hi.⟨call⟩get_weather{\"city\":\"Rome\"}" },

        // Harmony.
        { Harmony, "<|channel|>analysis<|message|>I think.<|end|><|start|>assistant<|channel|>final<|message|>The answer.<|return|>", "⟨thought⟩I think.⟨answer⟩The answer." },
        { Harmony, "<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Rome\"}<|call|>", "⟨thought⟩x⟨call⟩get_weather{\"city\":\"Rome\"}" },
        { Harmony, " to=functions.get_weather<|channel|>commentary json<|message|>{\"city\":\"Rome\"}", "⟨call⟩get_weather{\"city\":\"Rome\"}" },
        { Harmony, "<|channel|>commentary<|message|>I shall look.<|end|><|start|>assistant to=functions.nothing<|channel|>commentary<|message|>{}<|call|>", "⟨answer⟩I shall look.{}" },
        { Harmony, "Just text.", "⟨answer⟩Just text." },
        { Harmony, "<|channel|>final<|message|>a<|end|>b", "⟨answer⟩ab" },
        { Harmony, "<|channel|>ana", "" },

        // What only looks like a call is text, as it was written.
        { Hermes, "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": </tool_call> so.", "⟨answer⟩<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": </tool_call> so." },
        { Hermes, "<tool_call>{\"name\": \"rm\", \"arguments\": {}}</tool_call>", "⟨answer⟩<tool_call>{\"name\": \"rm\", \"arguments\": {}}</tool_call>" },
        { Hermes, "<tool_call>{\"name\": \"get_weather\", \"arguments\": [1]}</tool_call>", "⟨answer⟩<tool_call>{\"name\": \"get_weather\", \"arguments\": [1]}</tool_call>" },
        { Hermes, "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": \"\\ud800\"}}</tool_call>", "⟨answer⟩<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": \"\\ud800\"}}</tool_call>" },
        { Hermes, "<tool_call>{\"name\": \"get_weather\"", "⟨answer⟩<tool_call>{\"name\": \"get_weather\"" },
        { Hermes, "<tool_call></tool_call>", "⟨answer⟩<tool_call></tool_call>" },
        { Mistral, "[TOOL_CALLS]get_weather[ARGS]{\"city\": ", "⟨answer⟩[TOOL_CALLS]get_weather[ARGS]{\"city\": " },
        { Kimi, "<|tool_calls_section_begin|>functions.get_weather<|tool_calls_section_end|>", "⟨answer⟩<|tool_calls_section_begin|>functions.get_weather<|tool_calls_section_end|>" },
        { Glm, "<tool_call>get_weather\n<arg_key>city</arg_key></tool_call>", "⟨answer⟩<tool_call>get_weather\n<arg_key>city</arg_key></tool_call>" },
        { Coder, "<tool_call><function=get_weather></tool_call>", "⟨answer⟩<tool_call><function=get_weather></tool_call>" },
        { DeepSeek, "</think><｜tool▁calls▁begin｜>get_weather<｜tool▁calls▁end｜>", "⟨answer⟩<｜tool▁calls▁begin｜>get_weather<｜tool▁calls▁end｜>" },
        { Harmony, " to=functions.get_weather<|channel|>commentary<|message|>{\"city\":<|call|>", "⟨answer⟩{\"city\":" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_reply_parts_into_answer_reasoning_and_calls_however_it_is_cut(string template, string reply, string expected)
    {
        ReplyForm form = ReplyForm.Of(template);
        string end = reply.StartsWith("x\n</think>", StringComparison.Ordinal) || reply.StartsWith("</think>", StringComparison.Ordinal) ? "<|assistant|><think>\n" : "assistant\n";
        Assert.Equal(expected, ReplyCase.Parse(form, [reply], end));
        Assert.Equal(expected, ReplyCase.Parse(form, reply.Select(c => c.ToString()), end));
        Random random = new(reply.Length);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(expected, ReplyCase.Parse(form, Cut(reply, () => random.Next(1, 12)), end));
        }
    }

    [Fact]
    public void Any_text_of_marks_and_words_gives_the_same_for_any_cut_and_never_throws()
    {
        string[] forms = [.. Cases.Select(row => row.Data.Item1).Distinct()];
        string[] words =
        [
            .. Cases.Select(row => row.Data.Item2), .. forms.SelectMany(form => ReplyForm.Of(form).Markers),
            " ", "\n", "<", "{", "}", "\"", "get_weather", "a", "<think", "</", "[", "]", "😀", "\0",
        ];
        Gen<(string, int[], bool)> cases =
            from form in Gen.Elements(forms)
            from text in Gen.Elements(words).ListOf()
            from cuts in Gen.Choose(1, 9).NonEmptyListOf()
            from offered in Gen.Elements(true, false)
            select (form + "\u0001" + string.Concat(text.Take(12)), cuts.ToArray(), offered);
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            string[] parts = one.Item1.Split('\u0001', 2);
            ReplyForm form = ReplyForm.Of(parts[0]);
            ToolSet tools = one.Item3 ? ReplyCase.Tools : ToolSet.None;
            int next = 0;
            return ReplyCase.Parse(form, [parts[1]], tools: tools) == ReplyCase.Parse(form, Cut(parts[1], () => one.Item2[next++ % one.Item2.Length]), tools: tools);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Without_tools_on_offer_calls_are_text()
    {
        const string reply = "<think>x</think><tool_call>{\"name\": \"get_weather\", \"arguments\": {}}</tool_call>";
        Assert.Equal("⟨thought⟩x⟨answer⟩" + reply["<think>x</think>".Length..], ReplyCase.Parse(ReplyForm.Of(Hermes), [reply], tools: ToolSet.None));
        Assert.Equal("⟨answer⟩{\"name\":", ReplyCase.Parse(ReplyForm.Of(Llama), ["{\"name\":"], tools: ToolSet.None));
    }

    [Fact]
    public void A_call_without_end_is_given_out_as_text_and_no_longer_held()
    {
        IReplyParser parser = ReplyForm.Of(Hermes).CreateParser("", ReplyCase.Tools);
        ReplyContents contents = new();
        parser.Append("<tool_call>" + new string('x', BlockReplyParser.MostCallCharacters), contents);
        Assert.Empty(contents.Take());
        parser.Append("x and on", contents);
        Assert.Contains(contents.Take(), content => content.ToString()!.EndsWith("x and on", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Cut(string text, Func<int> length)
    {
        for (int start = 0; start < text.Length;)
        {
            int count = Math.Min(length(), text.Length - start);
            yield return text.Substring(start, count);
            start += count;
        }
    }
}
