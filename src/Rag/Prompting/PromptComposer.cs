using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Chunking;
using Rag.Chunks;
using Rag.Documents;
using Rag.Retrieval;

namespace Rag.Prompting;

/// <summary>
/// Writes the prompt for a question: instructions, then the sources, then earlier turns, last the question, so that what stays
/// the same from question to question stands first and its processed tokens can be used again.
/// </summary>
/// <remarks>
/// The prompt fits the budget: sources are left out from the worst end, the best one is cut at a sentence where even it does
/// not fit, earlier turns go oldest first; a question that does not fit by itself is an error. Sources stand between fences that
/// their text cannot forge (see the instructions), without hidden characters or control tokens. No claim that a model cannot be
/// talked into something: the answer is checked as well. Safe for concurrent use.
/// </remarks>
public sealed class PromptComposer
{
    private readonly ITokenCounter _counter;
    private readonly PromptOptions _options;
    private readonly string _instructions;

    /// <summary>Creates the composer.</summary>
    /// <param name="counter">Counts in the tokens of the model that will read the prompt; <see cref="WordTokenCounter"/> where null.</param>
    /// <param name="options">Budget and words; the defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PromptComposer(ITokenCounter? counter = null, PromptOptions? options = null)
    {
        _counter = counter ?? new WordTokenCounter();
        _options = options ?? new PromptOptions();
        _options.Validate();
        _instructions = _options.Instructions.ReplaceLineEndings("\n").Replace("{refusal}", _options.RefusalSentence, StringComparison.Ordinal);
    }

    /// <summary>The sentence with which the model is told to refuse.</summary>
    public string RefusalSentence => _options.RefusalSentence;

    /// <summary>Composes the prompt.</summary>
    /// <param name="question">The question with its earlier turns.</param>
    /// <param name="retrieved">What retrieval found, best first.</param>
    /// <exception cref="LimitExceededException">Instructions and question alone pass the budget.</exception>
    public ComposedPrompt Compose(Question question, IReadOnlyList<RetrievedChunk> retrieved)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(retrieved);
        int window = Math.Min(_options.MaxContextTokens, _counter.MaxTokens);
        int answerTokens = Math.Min(_options.AnswerTokens, Math.Max(1, window / 4));
        string asked = $"{PromptTexts.QuestionLabel}{question.Text.Trim()}\n{PromptTexts.Reminder}";
        int least = Cost(_instructions) + Cost(asked) + _options.MessageTokens;
        int rest = window - answerTokens - least;
        if (rest < 0)
        {
            throw new LimitExceededException(nameof(PromptOptions.MaxContextTokens), window, least + answerTokens, "The question with its instructions");
        }

        List<ChatMessage> history = HistoryTrimmer.Trim(question.History, (int)(rest * _options.HistoryShare), _counter, _options.MessageTokens);
        rest -= history.Sum(turn => Cost(turn.Text));
        List<PromptSource> sources = Fit(retrieved, rest);
        while (true)
        {
            List<ChatMessage> messages = Write(asked, history, sources);
            int tokens = messages.Sum(message => Cost(message.Text));
            if (tokens + answerTokens <= window || sources.Count == 0)
            {
                return new ComposedPrompt(messages, sources, tokens, answerTokens);
            }

            // Tokens of a whole can pass the sum of its parts where pieces depend on their neighbours.
            sources.RemoveAt(sources.Count - 1);
        }
    }

    private int Cost(string text) => _counter.Count(text) + _options.MessageTokens;

    /// <summary>The best sources that fit, none left out between two taken.</summary>
    private List<PromptSource> Fit(IReadOnlyList<RetrievedChunk> retrieved, int budget)
    {
        List<PromptSource> sources = [];
        foreach (RetrievedChunk chunk in retrieved)
        {
            PromptSource source = new(sources.Count + 1, chunk, chunk.Chunk.Range);
            int cost = CostOf(source);
            if (cost > budget && sources.Count == 0 && Shorten(source, budget) is { } shortened)
            {
                sources.Add(shortened);
            }

            if (cost > budget)
            {
                break;
            }

            sources.Add(source);
            budget -= cost;
        }

        return sources;
    }

    private int CostOf(PromptSource source)
    {
        string key = SourceFence.KeyOf(source);
        return _counter.Count(SourceFence.Render(source, key, [key])) + 2;
    }

    /// <summary>As many whole sentences from the source's beginning as fit; null where not one does.</summary>
    private PromptSource? Shorten(PromptSource source, int budget)
    {
        Chunk chunk = source.Retrieved.Chunk;
        PromptSource? best = null;
        foreach (TextRange sentence in SentenceSplitter.Split(chunk.Text, new TextRange(0, chunk.Text.Length)))
        {
            int length = chunk.Text.AsSpan(0, sentence.End).TrimEnd().Length;
            PromptSource part = source with { Range = new TextRange(chunk.Range.Start, chunk.Range.Start + length) };
            if (CostOf(part) > budget)
            {
                break;
            }

            best = part;
        }

        return best;
    }

    private List<ChatMessage> Write(string asked, List<ChatMessage> history, List<PromptSource> sources)
    {
        string[] keys = [.. sources.Select(SourceFence.KeyOf)];
        string fenced = string.Concat(sources.Select((source, i) => SourceFence.Render(source, keys[i], keys) + "\n\n"));
        List<ChatMessage> messages = [new ChatMessage(ChatRole.System, _instructions)];
        if (history.Count == 0)
        {
            messages.Add(new ChatMessage(ChatRole.User, fenced + asked));
            return messages;
        }

        messages.Add(new ChatMessage(ChatRole.User, fenced + history[0].Text));
        messages.AddRange(history.Skip(1));
        messages.Add(new ChatMessage(ChatRole.User, asked));
        return messages;
    }
}
