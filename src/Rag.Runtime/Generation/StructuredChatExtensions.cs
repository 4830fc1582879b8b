using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation;

/// <summary>Answers as values of C# types.</summary>
public static class StructuredChatExtensions
{
    /// <summary>
    /// Asks for a value of a type. The type's JSON Schema holds what the model may write, token by token, so that the text is one of the
    /// type's values whatever the model is; it says nothing about whether the value is true.
    /// </summary>
    /// <param name="client">The model.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The options, which ask for no format themselves; not changed.</param>
    /// <param name="serializerOptions">How the type is written as JSON; null for <see cref="AIJsonUtilities.DefaultOptions"/>.</param>
    /// <param name="cancellationToken">Ends it within a step.</param>
    /// <typeparam name="T">Any type that System.Text.Json writes and reads.</typeparam>
    /// <exception cref="ArgumentException">The options have a format or a constraint of their own.</exception>
    /// <exception cref="LimitExceededException">The budget of tokens is too small for any value of the type.</exception>
    /// <exception cref="UnsupportedException">The type's schema has a keyword that is not supported.</exception>
    public static async Task<StructuredResponse<T>> GetResponseAsync<T>(
        this LocalChatClient client,
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        JsonSerializerOptions? serializerOptions = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (options?.ResponseFormat is not null)
        {
            throw new ArgumentException($"The options have a {nameof(ChatOptions.ResponseFormat)} of their own beside the type {typeof(T)}; leave one out.", nameof(options));
        }

        serializerOptions ??= AIJsonUtilities.DefaultOptions;
        ChatOptions held = options?.Clone() ?? new ChatOptions();
        held.ResponseFormat = ChatResponseFormat.ForJsonSchema<T>(serializerOptions);
        ChatResponse response = await client.GetResponseAsync(messages, held, cancellationToken).ConfigureAwait(false);
        try
        {
            return new StructuredResponse<T>(JsonSerializer.Deserialize<T>(response.Text, serializerOptions), response);
        }
        catch (JsonException e) when (response.FinishReason == ChatFinishReason.Length)
        {
            long written = response.Usage?.OutputTokenCount ?? 0;
            throw new LimitExceededException(nameof(ChatOptions.MaxOutputTokens), written, written + 1, $"The JSON of a {typeof(T).Name}", e);
        }
    }

    /// <summary>Asks one question for a value of a type.</summary>
    /// <param name="client">The model.</param>
    /// <param name="question">The user's message.</param>
    /// <param name="options">The options, which ask for no format themselves; not changed.</param>
    /// <param name="serializerOptions">How the type is written as JSON; null for <see cref="AIJsonUtilities.DefaultOptions"/>.</param>
    /// <param name="cancellationToken">Ends it within a step.</param>
    /// <inheritdoc cref="GetResponseAsync{T}(LocalChatClient, IEnumerable{ChatMessage}, ChatOptions?, JsonSerializerOptions?, CancellationToken)" path="/*[not(self::param)]"/>
    public static Task<StructuredResponse<T>> GetResponseAsync<T>(
        this LocalChatClient client,
        string question,
        ChatOptions? options = null,
        JsonSerializerOptions? serializerOptions = null,
        CancellationToken cancellationToken = default) =>
        client.GetResponseAsync<T>([new ChatMessage(ChatRole.User, question)], options, serializerOptions, cancellationToken);
}
