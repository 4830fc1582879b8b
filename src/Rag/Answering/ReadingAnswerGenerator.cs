using System.Runtime.CompilerServices;
using Rag.Citations;
using Rag.Documents;
using Rag.Index;
using Rag.Reading;
using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>
/// Answers with the words of a passage that a reader points at, and cites the sentence around them; or says that the documents
/// do not answer. What a reader of English prose cannot judge (another language, tables, lists) goes to another generator.
/// </summary>
/// <remarks>
/// The passage is chosen by margin and retrieval together (<see cref="ReadingOptions.RetrievalWeight"/>), the words within it by
/// expected overlap. <see cref="Answer.Confidence"/> is what decided, and <see cref="Answer.Note"/> says where the other
/// generator answered and why. Safe for concurrent use.
/// </remarks>
public sealed class ReadingAnswerGenerator : IAnswerGenerator
{
    private const string OtherLanguage = "The reader knows English only; this is the best sentence by words and meaning.";
    private const string NotProse = "The reader knows sentences, not tables and lists; this is the best entry by words and meaning.";
    private const string TwoPlaces = "The reader wavers between two places; both are quoted.";
    private readonly IChunkIndex _index;
    private readonly IAnswerGenerator _other;
    private readonly IAnswerGenerator _entries;
    private readonly ReadingAnswerOptions _options;
    private readonly PassageReading _reading;
    private readonly TimeProvider _time;

    /// <summary>Creates the generator.</summary>
    /// <param name="index">Where the documents' text is, and quotes are verified.</param>
    /// <param name="reader">Points at answers.</param>
    /// <param name="other">Answers in other languages.</param>
    /// <param name="entries">Answers from tables and lists, as an <see cref="ExtractiveAnswerGenerator"/> with <see cref="ExtractiveAnswerOptions.EntriesOnly"/> does; <paramref name="other"/> where null.</param>
    /// <param name="options">Numbers and the threshold; the defaults where null.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ReadingAnswerGenerator(
        IChunkIndex index,
        ISpanReader reader,
        IAnswerGenerator other,
        IAnswerGenerator? entries = null,
        ReadingAnswerOptions? options = null,
        TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(other);
        _options = options ?? new ReadingAnswerOptions();
        _options.Validate();
        _index = index;
        _other = other;
        _entries = entries ?? other;
        _reading = new PassageReading(reader, _options.Reading);
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public string Name => "reader";

    /// <inheritdoc/>
    public async IAsyncEnumerable<AnswerPart> GenerateAsync(
        Question question, IReadOnlyList<RetrievedChunk> retrieved, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(retrieved);
        StepTimer timer = new(_time);
        string asked = StandaloneQuestion.ForReading(question);
        CitationVerifier verifier = new(_index.Within(question.Scope));
        Finding finding = await FindAsync(asked, retrieved, verifier, cancellationToken).ConfigureAwait(false);
        timer.Step("generate");
        if (finding.Note is not null)
        {
            IAnswerGenerator stands = finding.Entries ? _entries : _other;
            await foreach (AnswerPart part in stands.GenerateAsync(question, retrieved, cancellationToken).ConfigureAwait(false))
            {
                yield return part.Answer is { } whole
                    ? part with { Answer = whole with { Note = whole.Refused ? null : finding.Note, Timings = [.. timer.Steps, .. whole.Timings] } }
                    : part;
            }

            yield break;
        }

        string text = finding.Citation is { } citation ? $"{QuoteText.OnOneLine(finding.Words)} [{citation.Source}]" : _options.RefusalSentence;
        timer.Step("cite");
        yield return new AnswerPart { Text = text };
        yield return new AnswerPart
        {
            Answer = new Answer
            {
                Text = text,
                Generator = Name,
                Refused = finding.Citation is null,
                Citations = [.. new[] { finding.Citation, finding.Further }.OfType<Citation>().OrderBy(cited => cited.Source).ThenBy(cited => cited.Range.Start)],
                Confidence = finding.Confidence,
                Note = finding.Further is null ? null : TwoPlaces,
                Retrieved = retrieved,
                Timings = timer.Steps,
            },
        };
    }

    /// <summary>What the reader points at, or why another generator must answer; a finding with neither is a refusal.</summary>
    private async ValueTask<Finding> FindAsync(
        string question, IReadOnlyList<RetrievedChunk> retrieved, CitationVerifier verifier, CancellationToken cancellationToken)
    {
        if (retrieved.Count == 0)
        {
            return default;
        }

        if (!ReadableText.IsEnglish(question))
        {
            return new Finding { Note = OtherLanguage };
        }

        IReadOnlyList<ReadPassage> read = await _reading.ReadAsync(question, retrieved, _options.Reading.MaxPassages, cancellationToken).ConfigureAwait(false);
        foreach (ReadPassage passage in read.Where(passage => passage.Reading is not null).OrderByDescending(passage => passage.Score))
        {
            if (await verifier.GetPassageAsync(passage.Retrieved.Chunk, cancellationToken).ConfigureAwait(false) is not { } stored)
            {
                continue;
            }

            double confidence = Confidence(passage, out double threshold), above = confidence - threshold;
            if (above < _options.EntryAdvantage)
            {
                EntryEvidence entries = await EntryEvidence.OfAsync(question, retrieved, verifier, cancellationToken).ConfigureAwait(false);
                if (above < 0 ? entries.Any : entries.Coverage >= _options.MinEntryCoverage)
                {
                    return new Finding { Note = NotProse, Entries = true };
                }
            }

            return above < 0
                ? new Finding { Confidence = confidence }
                : await CiteAsync(read, passage, stored, confidence, verifier, cancellationToken).ConfigureAwait(false);
        }

        return default;
    }

    /// <summary>How sure the reader, and similarity where there is one, are that the passage answers.</summary>
    private double Confidence(ReadPassage passage, out double threshold)
    {
        double margin = passage.Reading!.Margin;
        if (passage.Retrieved.Dense is not { } cosine)
        {
            threshold = _options.MinMargin;
            return margin;
        }

        threshold = _options.MinConfidence;
        return margin + (_options.SimilarityWeight * Similarity.Above(cosine, _options.UnrelatedSimilarity));
    }

    /// <summary>The answer's words and the sentence around them; a note where they stand in a list, a table or code.</summary>
    private async ValueTask<Finding> CiteAsync(
        IReadOnlyList<ReadPassage> read, ReadPassage passage, StoredPassage stored, double confidence, CitationVerifier verifier, CancellationToken cancellationToken)
    {
        Document document = stored.Document;
        QuotedSpan span = QuotedSpan.Of(stored, ExpectedOverlap.Choose(stored.Chunk.Text, passage.Reading!.Candidates), _options.MaxQuoteCharacters);
        if (!span.IsProse)
        {
            return new Finding { Note = NotProse, Entries = span.IsEntry };
        }

        Citation citation = new(document.Id, null, span.Quote, document.Text[span.Quote.Start..span.Quote.End], passage.Source);
        return new Finding
        {
            Citation = await verifier.VerifyAsync(citation, cancellationToken).ConfigureAwait(false),
            Further = await FurtherAsync(read, passage.Score, citation, verifier, cancellationToken).ConfigureAwait(false),
            Words = document.Text[span.Words.Start..span.Words.End],
            Confidence = confidence,
        };
    }

    /// <summary>The best sentence elsewhere, where the reader likes it nearly as much; null where it does not.</summary>
    private async ValueTask<Citation?> FurtherAsync(
        IReadOnlyList<ReadPassage> read, double best, Citation first, CitationVerifier verifier, CancellationToken cancellationToken)
    {
        if (_options.FurtherWithin == 0)
        {
            return null;
        }

        var places = read
            .SelectMany(passage => (passage.Reading?.Candidates ?? []).Select(candidate =>
                (Passage: passage, Candidate: candidate, Score: passage.Score + candidate.Score - passage.Reading!.Best.Score)))
            .Where(place => place.Score >= best - _options.FurtherWithin)
            .OrderByDescending(place => place.Score);
        foreach ((ReadPassage passage, ScoredSpan candidate, _) in places)
        {
            if (await verifier.GetPassageAsync(passage.Retrieved.Chunk, cancellationToken).ConfigureAwait(false) is not { } stored)
            {
                continue;
            }

            Document document = stored.Document;
            QuotedSpan span = QuotedSpan.Of(stored, candidate.Range, _options.MaxQuoteCharacters);
            bool elsewhere = document.Id != first.DocumentId || !span.Quote.Overlaps(first.Range);
            string quote = document.Text[span.Quote.Start..span.Quote.End];
            if (span.IsProse && elsewhere && quote != first.Quote)
            {
                return await verifier.VerifyAsync(new Citation(document.Id, null, span.Quote, quote, passage.Source), cancellationToken).ConfigureAwait(false);
            }
        }

        return null;
    }


    private readonly record struct Finding(Citation? Citation, Citation? Further, string Words, double? Confidence, string? Note, bool Entries);
}
