using System.Diagnostics;
using System.Runtime.CompilerServices;
using Rag.Answering;
using Rag.Diagnostics;
using Rag.Documents;
using Rag.Retrieval;

namespace Rag;

/// <summary>
/// A question's way: validate → make it stand alone → retrieve → rerank → generate (compose, stream, cite) → check citations.
/// </summary>
/// <remarks>
/// Guaranteed: every citation is a verbatim piece of a chunk that was retrieved for this question, and its number is that
/// chunk's place; nothing comes from beyond the question's scope; a refusal has none; the last part is the whole answer, and there is exactly one; cancellation ends the
/// running step and throws. Not guaranteed: that the answer is true; read the quotes. Safe for concurrent use.
/// </remarks>
public sealed class AnswerPipeline
{
    private readonly IRetriever _retriever;
    private readonly IAnswerGenerator _generator;
    private readonly IReranker? _reranker;
    private readonly AnswerOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates the pipeline.</summary>
    /// <param name="retriever">Finds chunks.</param>
    /// <param name="generator">Writes the answer.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    /// <param name="reranker">Orders what was found anew; null for the retriever's order.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public AnswerPipeline(
        IRetriever retriever, IAnswerGenerator generator, AnswerOptions? options = null, TimeProvider? timeProvider = null, IReranker? reranker = null)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentNullException.ThrowIfNull(generator);
        _options = options ?? new AnswerOptions();
        _options.Validate();
        _retriever = retriever;
        _generator = generator;
        _reranker = reranker;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>The answer as it comes to be: what was retrieved, then text, last the whole.</summary>
    /// <exception cref="ArgumentException">The question is blank, or asks for less than one chunk.</exception>
    /// <exception cref="LimitExceededException">The question is too long, or asks for too many chunks; names the option.</exception>
    public IAsyncEnumerable<AnswerPart> StreamAsync(Question question, CancellationToken cancellationToken = default)
    {
        Validate(question);
        return AnswerAsync(question, cancellationToken);
    }

    /// <summary>The whole answer.</summary>
    /// <exception cref="ArgumentException">The question is blank, or asks for less than one chunk.</exception>
    /// <exception cref="LimitExceededException">The question is too long, or asks for too many chunks; names the option.</exception>
    public async Task<Answer> AskAsync(Question question, CancellationToken cancellationToken = default)
    {
        Answer? answer = null;
        await foreach (AnswerPart part in StreamAsync(question, cancellationToken).ConfigureAwait(false))
        {
            answer = part.Answer ?? answer;
        }

        return answer!;
    }

    private async IAsyncEnumerable<AnswerPart> AnswerAsync(Question question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Activity? activity = RagDiagnostics.Source.StartActivity(ActivityNames.Ask);
        activity?.SetTag(TagNames.Model, _generator.Name);
        StepTimer timer = new(_time);
        string query = StandaloneQuestion.Of(question);
        IReadOnlyList<RetrievedChunk> retrieved = await RetrieveAsync(question, query, timer, cancellationToken).ConfigureAwait(false);
        activity?.AddEvent(new ActivityEvent("retrieved")).SetTag(TagNames.Retrieved, retrieved.Count);
        yield return new AnswerPart { Retrieved = retrieved };

        Answer? answer = null;
        await foreach (AnswerPart part in _generator.GenerateAsync(question, retrieved, cancellationToken).ConfigureAwait(false))
        {
            answer = part.Answer ?? answer;
            if (part.Text is { Length: > 0 })
            {
                yield return part;
            }
        }

        timer.Include(answer?.Timings ?? []);
        answer = Check(answer, retrieved, timer);
        activity?.AddEvent(new ActivityEvent("checked")).SetTag(TagNames.Citations, answer.Citations.Count).SetTag(TagNames.Refused, answer.Refused);
        yield return new AnswerPart { Answer = answer };
    }

    private void Validate(Question question)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (string.IsNullOrWhiteSpace(question.Text))
        {
            throw new ArgumentException("The question is empty.", nameof(question));
        }

        if (question.Text.Length > _options.MaxQuestionCharacters)
        {
            throw new LimitExceededException(nameof(AnswerOptions.MaxQuestionCharacters), _options.MaxQuestionCharacters, question.Text.Length, "The question");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(question.Top ?? 1, 1, nameof(question));
        if (question.Top > _options.MaxTop)
        {
            throw new LimitExceededException(nameof(AnswerOptions.MaxTop), _options.MaxTop, question.Top.Value, "The number of chunks asked for");
        }
    }

    private async ValueTask<IReadOnlyList<RetrievedChunk>> RetrieveAsync(Question question, string query, StepTimer timer, CancellationToken cancellationToken)
    {
        int top = question.Top ?? _options.Top;
        int pool = _reranker is null ? top : Math.Max(top, _options.RerankPool);
        IReadOnlyList<RetrievedChunk> retrieved = await _retriever.RetrieveAsync(query, pool, question.Scope, cancellationToken).ConfigureAwait(false);
        timer.Step("retrieve");
        if (_reranker is null || retrieved.Count == 0)
        {
            return retrieved;
        }

        IReadOnlyList<RetrievedChunk> reranked = await _reranker.RerankAsync(StandaloneQuestion.ForReading(question), retrieved, question.Scope, cancellationToken).ConfigureAwait(false);
        timer.Step("rerank");
        return [.. reranked.Take(top)];
    }

    /// <summary>The answer with only those citations that quote what was retrieved, and the timings of all steps.</summary>
    private Answer Check(Answer? answer, IReadOnlyList<RetrievedChunk> retrieved, StepTimer timer)
    {
        if (answer is null)
        {
            throw new InvalidOperationException($"The answer generator '{_generator.Name}' ended without an answer.");
        }

        List<Citation> sound = answer.Refused ? [] : [.. answer.Citations.Where(citation => IsSound(citation, retrieved))];
        timer.Step("check");
        return answer with { Citations = sound, Retrieved = retrieved, Timings = timer.Steps };
    }

    private static bool IsSound(Citation citation, IReadOnlyList<RetrievedChunk> retrieved)
    {
        if (citation.Source < 1 || citation.Source > retrieved.Count || citation.Quote.Length == 0)
        {
            return false;
        }

        Chunks.Chunk chunk = retrieved[citation.Source - 1].Chunk;
        TextRange range = citation.Range;
        return citation.DocumentId == chunk.DocumentId
            && chunk.Range.Contains(range)
            && chunk.Text.AsSpan(range.Start - chunk.Range.Start, range.Length).SequenceEqual(citation.Quote);
    }
}
