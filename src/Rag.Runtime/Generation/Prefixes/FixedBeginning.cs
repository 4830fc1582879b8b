using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>What all prompts that begin with some messages have in common.</summary>
internal static class FixedBeginning
{
    // Two texts that have nothing in common, not even the kind of their first characters.
    private static readonly string[] Questions = ["What?", "7"];

    /// <summary>The common beginning, and the adapter that it is meant for.</summary>
    /// <param name="messages">Where they end with a user's message it is their whole prompt, else what comes before the user's next words.</param>
    /// <param name="create">Makes a request of messages.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static (int[] Tokens, string? Adapter) Of(IReadOnlyList<ChatMessage> messages, Func<IReadOnlyList<ChatMessage>, GenerationRequest> create)
    {
        if (messages.Count > 0 && messages[^1].Role == ChatRole.User)
        {
            GenerationRequest whole = create(messages);
            return (whole.Prompt, whole.Adapter);
        }

        GenerationRequest[] requests = [.. Questions.Select(question => create([.. messages, new ChatMessage(ChatRole.User, question)]))];
        int common = requests[0].Prompt.AsSpan().CommonPrefixLength(requests[1].Prompt);
        return common > 0
            ? (requests[0].Prompt[..common], requests[0].Adapter)
            : throw new ArgumentException("Prompts that begin with these messages have no token in common.", nameof(messages));
    }
}
