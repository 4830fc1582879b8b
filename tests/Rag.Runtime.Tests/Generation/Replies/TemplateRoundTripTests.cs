using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Replies;
using Rag.Tests.Support;
using Rag.Tokenizers.ChatTemplates;

namespace Rag.Runtime.Tests.Generation.Replies;

/// <summary>
/// The templates of well-known models: conversations with tools, as this library's users hold them, render as the reference
/// renders them; and a reply cut out of a rendered conversation is read as the message that was rendered.
/// </summary>
public sealed class TemplateRoundTripTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names() => SharedData.Find("fixtures", "chat-templates") is { } root
        ? [.. Directory.EnumerateFiles(root, "*.jsonl").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != "jinja-units").Order(StringComparer.Ordinal)]
        : [];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Conversations_with_tools_render_as_the_reference_renders_them(string name)
    {
        var template = ChatTemplate.Parse(File.ReadAllText(SharedData.Require("data", "chat-templates", name + ".jinja")));
        ReplyForm form = ReplyForm.Of(template.Source);
        int compared = 0;
        int replies = 0;
        foreach (string line in File.ReadLines(SharedData.Require("fixtures", "chat-templates", name + ".jsonl")))
        {
            JsonNode test = JsonNode.Parse(line)!;
            if (test["output"] is not { } expected || Messages(test, template.Source.Contains("content'] is none", StringComparison.Ordinal)) is not { } messages || Variables(test) is not { } variables)
            {
                continue;
            }

            bool prompts = test["kwargs"]?["add_generation_prompt"]?.GetValue<bool>() ?? false;
            ChatTemplateContext Context(bool prompted) => new()
            {
                AddGenerationPrompt = prompted,
                BosToken = test["bos_token"]?.GetValue<string>() ?? "",
                EosToken = test["eos_token"]?.GetValue<string>() ?? "",
                Extras = variables,
                TimeProvider = new StoppedClock(),
            };
            List<ChatTurn> turns = ChatTurns.From(messages, null);
            Assert.Equal(expected.GetValue<string>(), template.Render(turns, Context(prompts)));
            compared++;
            replies += CheckReply(template, form, turns, Context, test["eos_token"]?.GetValue<string>() ?? "") ? 1 : 0;
        }

        output.WriteLine($"{compared} conversations and {replies} replies compared; takes tools: {form.TakesTools}");
        Assert.True(compared > 0);
    }

    // The first call of the conversation: what is rendered behind its prompt is what the model would have written.
    private static bool CheckReply(ChatTemplate template, ReplyForm form, List<ChatTurn> turns, Func<bool, ChatTemplateContext> context, string eos)
    {
        int index = turns.FindIndex(turn => turn.ToolCalls.Count > 0);
        if (index < 1 || !form.TakesTools)
        {
            return false;
        }

        string prompt = template.Render(turns.Take(index).ToList(), context(true));
        string whole = template.Render(turns.Take(index + 1).ToList(), context(false));
        string bare = template.Render(turns.Take(index).ToList(), context(false));
        string begun = whole.StartsWith(prompt, StringComparison.Ordinal) ? prompt : bare;
        if (!whole.StartsWith(begun, StringComparison.Ordinal))
        {
            return false;
        }

        string reply = whole[begun.Length..];
        foreach (string end in (string[])[eos, "<|eot_id|>", "<|im_end|>", "<|END_OF_TURN_TOKEN|>"])
        {
            reply = end.Length > 0 && reply.TrimEnd().EndsWith(end, StringComparison.Ordinal) ? reply.TrimEnd()[..^end.Length] : reply;
        }

        if (!reply.Contains(turns[index].ToolCalls[0].Name, StringComparison.Ordinal))
        {
            // A template that leaves calls out.
            return false;
        }

        string call = ReplyCase.Parse(form, [reply], begun);
        Assert.Contains("⟨call⟩" + turns[index].ToolCalls[0].Name + "{", call, StringComparison.Ordinal);
        foreach ((string key, object? value) in turns[index].ToolCalls[0].Arguments)
        {
            Assert.Contains($"\"{key}\":{(value is string ? JsonSerializer.Serialize(value, ReplyCase.Compact) : "")}", call, StringComparison.Ordinal);
        }

        return true;
    }

    private static Dictionary<string, object?>? Variables(JsonNode test)
    {
        Dictionary<string, object?> variables = [];
        foreach ((string key, JsonNode? value) in test["kwargs"]?.AsObject() ?? [])
        {
            switch (key)
            {
                case "add_generation_prompt":
                    break;
                case "tools" when value is JsonArray tools:
                    ToolSet set = new(tools.Select(tool => ReplyCase.Tool(
                        tool!["function"]!["name"]!.GetValue<string>(), tool["function"]!["parameters"]!.ToJsonString(), tool["function"]!["description"]?.GetValue<string>() ?? "")));
                    variables["tools"] = set.ToTemplate();
                    break;
                default:
                    return null;
            }
        }

        return variables;
    }

    // Conversations of texts, reasoning, calls with arguments and results; null for any other.
    private static List<ChatMessage>? Messages(JsonNode test, bool none)
    {
        List<ChatMessage> messages = [];
        bool tools = false;
        foreach (JsonNode? message in test["messages"]!.AsArray())
        {
            foreach ((string key, JsonNode? value) in message!.AsObject())
            {
                if (key is not ("role" or "content" or "tool_calls" or "tool_call_id" or "name" or "reasoning_content") || (key == "content" && value is not (JsonValue or null)))
                {
                    return null;
                }
            }

            if (message["role"] is null || (message["tool_calls"] is not null && (message["content"] is null) != none))
            {
                // A message without a role, or one whose missing text beside a call is not what the template takes.
                return null;
            }

            string role = message["role"]!.GetValue<string>();
            string content = message["content"]?.GetValue<string>() ?? "";
            if (role == "tool")
            {
                if (message["tool_call_id"] is not { } id)
                {
                    return null;
                }

                messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id.GetValue<string>(), content)]));
                continue;
            }

            ChatMessage next = new(new ChatRole(role), content);
            if (message["reasoning_content"] is { } reasoning)
            {
                next.Contents.Insert(0, new TextReasoningContent(reasoning.GetValue<string>()));
            }

            foreach (JsonNode? call in message["tool_calls"] as JsonArray ?? [])
            {
                if (call!["id"] is not { } callId || call["function"]?["arguments"] is not JsonObject arguments)
                {
                    return null;
                }

                next.Contents.Add(new FunctionCallContent(
                    callId.GetValue<string>(), call["function"]!["name"]!.GetValue<string>(), arguments.ToDictionary(item => item.Key, item => (object?)JsonSerializer.SerializeToElement(item.Value))));
            }

            tools |= message["tool_calls"] is not null;
            messages.Add(next);
        }

        return tools || test["kwargs"]?["tools"] is not null ? messages : null;
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2025, 3, 7, 14, 5, 9, TimeSpan.Zero);
    }
}
