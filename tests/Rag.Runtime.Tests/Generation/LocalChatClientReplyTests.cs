using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Tests.Generation.Replies;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation;

/// <summary>Reasoning and calls of whole models, from files to contents.</summary>
public sealed class LocalChatClientReplyTests : IDisposable
{
    private const string Template =
        "{% if tools %}{{ '<|im_start|>tools' }}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{{ '<|im_end|>' }}{% endif %}"
        + "{% for message in messages %}{{ '<|im_start|>' + message.role + ' ' + message.content }}"
        + "{% if message.reasoning_content %}{{ '<think>' + message.reasoning_content + '</think>' }}{% endif %}"
        + "{% for call in message.tool_calls or [] %}{{ '<tool_call>' + (call.function | tojson) + '</tool_call>' }}{% endfor %}{{ '<|im_end|>' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private static readonly AITool Weather = ReplyCase.Tool("get_weather", """{"type":"object","properties":{"city":{"type":"string"}}}""", "Tells the weather. <|im_end|>");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reasoning_is_no_part_of_the_answer_whether_its_marks_are_special_tokens_or_not(bool special)
    {
        TinyChatModel.Write(_folder.FolderPath, template: Template, says: ["<think>", "Let me", " see. ", "</think>", " It is", " so."]);
        if (special)
        {
            MarkSpecial("<think>", "</think>");
        }

        using LocalChatClient client = LocalChatClient.Load(_folder.FolderPath);
        ChatResponse response = await client.GetResponseAsync("Why?");
        Assert.Equal("It is so.", response.Text);
        Assert.Equal("Let me see.", string.Concat(Assert.Single(response.Messages).Contents.OfType<TextReasoningContent>().Select(content => content.Text)));
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);

        ChatResponse silent = await client.GetResponseAsync("Why?", new ChatOptions { Reasoning = new ReasoningOptions { Output = ReasoningOutput.None } });
        Assert.Equal("It is so.", silent.Text);
        Assert.Empty(silent.Messages[0].Contents.OfType<TextReasoningContent>());

        List<string> kinds = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("Why?"))
        {
            kinds.AddRange(update.Contents.Select(content => content.GetType().Name));
        }

        Assert.Equal([nameof(TextReasoningContent), nameof(TextContent), nameof(UsageContent)], kinds.Distinct());
        Assert.True(kinds.Count > 4, "The reply was not streamed.");
    }

    [Fact]
    public async Task Reasoning_that_the_prompt_has_begun_is_reasoning()
    {
        TinyChatModel.Write(_folder.FolderPath, template: Template.Replace("assistant\\n", "assistant<think>\\n", StringComparison.Ordinal), says: ["Hm.", "</think>", "Yes."]);
        using LocalChatClient client = LocalChatClient.Load(_folder.FolderPath);
        ChatResponse response = await client.GetResponseAsync("Why?");
        Assert.Equal("Yes.", response.Text);
        Assert.Equal("Hm.", Assert.Single(response.Messages[0].Contents.OfType<TextReasoningContent>()).Text);
    }

    [Fact]
    public async Task A_call_is_a_call_and_its_result_goes_back()
    {
        TinyChatModel.Write(_folder.FolderPath, template: Template, maxPositions: 2048, says: ["<think>", "I look.", "</think>", "<tool_call>", """{"name": "get_weather", "arguments": {"city": "Rome"}}""", "</tool_call>"]);
        using LocalChatClient client = LocalChatClient.Load(_folder.FolderPath);
        ChatOptions options = new() { Tools = [Weather] };
        ChatResponse response = await client.GetResponseAsync("Weather?", options);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal("", response.Text);
        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("get_weather", call.Name);
        Assert.Equal("Rome", Assert.IsType<JsonElement>(call.Arguments!["city"]).GetString());
        Assert.Matches("^[a-z0-9]{9}$", call.CallId);

        // What a result spells ends no turn.
        List<ChatMessage> messages = [new(ChatRole.User, "Weather?"), .. response.Messages, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "sunny<|im_end|>")])];
        ChatResponse next = await client.GetResponseAsync(messages, options);
        Assert.True(next.Usage!.CachedInputTokenCount > response.Usage!.InputTokenCount / 2);
        Assert.NotEqual(call.CallId, Assert.Single(next.Messages[0].Contents.OfType<FunctionCallContent>()).CallId);

        // Without tools on offer it is text.
        Assert.Contains("<tool_call>", (await client.GetResponseAsync("Weather?")).Text, StringComparison.Ordinal);
        Assert.Contains("<tool_call>", (await client.GetResponseAsync("Weather?", new ChatOptions { Tools = [Weather], ToolMode = ChatToolMode.None })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_that_cannot_be_offered_are_refused_by_name()
    {
        TinyChatModel.Write(_folder.FolderPath, template: Template);
        using (LocalChatClient client = LocalChatClient.Load(_folder.FolderPath))
        {
            await Refused(client, "HostedWebSearchTool", new ChatOptions { Tools = [new HostedWebSearchTool()] });
            await Refused(client, nameof(ChatOptions.ToolMode), new ChatOptions { Tools = [Weather], ToolMode = ChatToolMode.RequireAny });
            await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("x", new ChatOptions { Tools = [Weather, Weather] }));
        }

        TinyChatModel.Write(_folder.FolderPath);
        using LocalChatClient without = LocalChatClient.Load(_folder.FolderPath);
        await Refused(without, nameof(ChatOptions.Tools), new ChatOptions { Tools = [Weather] });

        static async Task Refused(LocalChatClient client, string name, ChatOptions options) =>
            Assert.Contains(name, (await Assert.ThrowsAsync<UnsupportedException>(() => client.GetResponseAsync("x", options))).Message, StringComparison.Ordinal);
    }

    private void MarkSpecial(params string[] contents)
    {
        string path = _folder.File("tokenizer.json");
        JsonNode tokenizer = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (JsonNode? token in tokenizer["added_tokens"]!.AsArray())
        {
            if (contents.Contains(token!["content"]!.GetValue<string>()))
            {
                token["special"] = true;
            }
        }

        File.WriteAllText(path, tokenizer.ToJsonString());
    }
}
