using System.Buffers;
using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Hub;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Embedding;
using Rag.Runtime.Generation;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Heads;

/// <summary>An encoder with a head and its tokenizer: texts in batches of similar length, numbers out. Thread-safe.</summary>
internal sealed class HeadModel : IDisposable
{
    /// <summary>Inputs that are tokenised before the first of them is run, which bounds memory.</summary>
    private const int Window = 8192;

    /// <summary>Numbers that come out of one batch, which bounds memory where there is one for each token of a vocabulary.</summary>
    private const int MostOutputs = 1 << 24;

    private readonly IHeadSession _session;
    private readonly HeadModelOptions _options;
    private readonly int _padding;

    internal HeadModel(string name, Tokenizer tokenizer, IHeadSession session, int padding, int? maxTokens, HeadModelOptions options)
    {
        (Name, Tokenizer, _session, _padding, _options) = (name, tokenizer, session, padding, options);
        MaxTokens = Math.Min(options.MaxTokens ?? maxTokens ?? int.MaxValue, session.MaxPositions);
        if (padding >= session.VocabularySize || tokenizer.VocabularySize > session.VocabularySize)
        {
            throw new IncompatibleException(
                $"The model {name} has {session.VocabularySize} token ids, but its tokenizer {tokenizer.VocabularySize}, and {padding} pads; the tokenizer belongs to another model.", name);
        }
    }

    public string Name { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>Tokens of an input, special tokens included, after which it is cut.</summary>
    public int MaxTokens { get; }

    /// <summary>The most tokens that the model takes, whatever is asked for.</summary>
    public int MaxPositions => _session.MaxPositions;

    /// <summary>Numbers that the head gives, for each token or for each input.</summary>
    public int Width => _session.Width;

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _session.DeviceNotice;

    public static HeadModel Load(ModelFolder folder, HeadKind kind, HeadModelOptions? options)
    {
        options = (options ?? new HeadModelOptions()).Copy();
        options.Validate();
        Tokenizer tokenizer = FolderTokenizer.Load(folder);
        OnnxHeadSession session = OnnxHeadSession.Load(folder, kind, options.Runtime);
        try
        {
            return Create(folder, tokenizer, session, options);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The model of a session of the folder's; disposing it disposes the session.</summary>
    public static HeadModel Create(ModelFolder folder, Tokenizer tokenizer, IHeadSession session, HeadModelOptions options)
    {
        int? maxTokens = folder.SentenceTransformer?.MaxSequenceLength ?? folder.Tokenizer.ModelMaxLength;
        return new HeadModel(ModelReference.OfFolder(folder.FolderPath), tokenizer, session, folder.Generation.PadTokenId ?? 0, maxTokens, options);
    }

    /// <summary>A text, or a pair of texts, as tokens, cut at <see cref="MaxTokens"/>; text that spells a special token is plain text.</summary>
    /// <exception cref="LimitExceededException">A text is longer than <see cref="HeadModelOptions.MaxCharacters"/>.</exception>
    public Encoding Encode(string? text, string? second = null, EncodeOptions? how = null)
    {
        how ??= new EncodeOptions { MaxTokens = MaxTokens, ParseSpecialTokens = false };
        return second is null ? Tokenizer.Encode(Accept(text), how) : Tokenizer.Encode(Accept(text), Accept(second), how);
    }

    /// <summary>A text within the limit.</summary>
    public string Accept(string? text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= _options.MaxCharacters
            ? text
            : throw new LimitExceededException(nameof(HeadModelOptions.MaxCharacters), _options.MaxCharacters, text.Length, "A text");
    }

    /// <summary>Runs inputs in batches of similar length.</summary>
    /// <param name="count">How many.</param>
    /// <param name="input">Makes each of them.</param>
    /// <param name="read">Takes each output, in no order.</param>
    /// <param name="cancellationToken">Ends the run, also within a batch.</param>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    public void Run(int count, Func<int, TokenRow> input, RowReader read, CancellationToken cancellationToken)
    {
        int budget = Math.Min(_options.BatchTokens, Math.Max(1, MostOutputs / Width));
        for (int start = 0; start < count; start += Window)
        {
            TokenRow[] rows = new TokenRow[Math.Min(Window, count - start)];
            for (int i = 0; i < rows.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows[i] = input(start + i);
            }

            foreach (int[] batch in BatchPlan.Create([.. rows.Select(row => row.Ids.Count)], budget))
            {
                RunBatch(rows, batch, start, read, cancellationToken);
            }
        }
    }

    public void Dispose() => _session.Dispose();

    private void RunBatch(TokenRow[] rows, int[] batch, int first, RowReader read, CancellationToken cancellationToken)
    {
        int sequence = rows[batch[0]].Ids.Count;
        int cells = checked(batch.Length * sequence);
        int outputs = checked((_session.PerToken ? cells : batch.Length) * Width);
        long[] input = ArrayPool<long>.Shared.Rent(checked(3 * cells));
        float[] output = ArrayPool<float>.Shared.Rent(outputs);
        try
        {
            Span<long> ids = input.AsSpan(0, cells), types = input.AsSpan(cells, cells), mask = input.AsSpan(2 * cells, cells);
            ids.Fill(_padding);
            types.Clear();
            mask.Clear();
            for (int b = 0; b < batch.Length; b++)
            {
                TokenRow row = rows[batch[b]];
                for (int t = 0; t < row.Ids.Count; t++)
                {
                    (ids[(b * sequence) + t], types[(b * sequence) + t]) = (row.Ids[t], row.Types[t]);
                }

                mask.Slice(b * sequence, row.Attended).Fill(1);
            }

            _session.Run(ids, types, mask, batch.Length, sequence, output.AsSpan(0, outputs), cancellationToken);
            for (int b = 0; b < batch.Length; b++)
            {
                ReadOnlySpan<float> found = _session.PerToken
                    ? output.AsSpan(b * sequence * Width, rows[batch[b]].Ids.Count * Width)
                    : output.AsSpan(b * Width, Width);
                if (!float.IsFinite(TensorPrimitives.MaxMagnitude(found)))
                {
                    throw new CorruptException($"The model {Name} gives numbers that are not finite.", Name);
                }

                read(first + batch[b], found);
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(input);
            ArrayPool<float>.Shared.Return(output);
        }
    }
}
