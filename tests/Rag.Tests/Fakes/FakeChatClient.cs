using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Rag.Chunks;

namespace Rag.Tests.Fakes;

/// <summary>A model that says what a function makes of its prompt, a few characters at a time.</summary>
internal sealed class FakeChatClient(Func<IReadOnlyList<ChatMessage>, IEnumerable<string>> speak, ITokenCounter? counter = null) : IChatClient
{
    public IReadOnlyList<ChatMessage>? Prompt { get; private set; }

    public ChatOptions? Options { get; private set; }

    public int Asked { get; private set; }

    /// <summary>What it thinks aloud before it speaks; null for nothing.</summary>
    public string? Thought { get; init; }

    public static FakeChatClient Saying(string text, int piece = 3) => new(_ => text.Chunk(piece).Select(chars => new string(chars)));

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Asked++;
        Prompt = [.. messages];
        Options = options;
        if (Thought is not null)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent(Thought)]);
        }

        foreach (string piece in speak(Prompt))
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
        }

        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 10, OutputTokenCount = 5 })]);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ITokenCounter) ? counter : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake", null, "fake-model") : null;

    public void Dispose()
    {
    }
}
