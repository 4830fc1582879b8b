namespace Rag.Runtime.Verification;

/// <summary>The rows of token ids that outputs are expected of, padded to one length.</summary>
/// <param name="Ids">[rows, length].</param>
/// <param name="Types">[rows, length]; zeros where none are stored.</param>
/// <param name="Mask">[rows, length]: 1 where a token counts.</param>
/// <param name="Rows">At least 1.</param>
/// <param name="Length">Tokens of a row, padding included; at least 1.</param>
internal sealed record ExpectedBatch(long[] Ids, long[] Types, long[] Mask, int Rows, int Length)
{
    /// <summary>Reads input_ids, attention_mask and, where it is there, token_type_ids.</summary>
    public static ExpectedBatch Read(ExpectedOutputs expected)
    {
        if (expected.ShapeOf("input_ids") is not [> 0 and <= int.MaxValue and var rows, > 0 and <= int.MaxValue and var length])
        {
            throw new CorruptException($"The tensor 'input_ids' beside {expected.Path} is missing or no table of rows of tokens.", expected.Path);
        }

        long[] ids = expected.Integers("input_ids"), mask = expected.Integers("attention_mask");
        long[] types = expected.ShapeOf("token_type_ids") is null ? new long[ids.Length] : expected.Integers("token_type_ids");
        ExpectedBatch batch = new(ids, types, mask, (int)rows, (int)length);
        bool padded = mask.Length == ids.Length && types.Length == ids.Length && Enumerable.Range(0, batch.Rows).All(row => batch.Tokens(row) > 0 && !batch.Of(mask, row).Contains(0));
        return padded
            ? batch
            : throw new CorruptException($"The tensors 'input_ids', 'attention_mask' and 'token_type_ids' beside {expected.Path} do not fit each other, or a row is not padded behind its tokens.", expected.Path);
    }

    /// <summary>The tokens of a row, without padding.</summary>
    public int Tokens(int row) => (int)Mask.AsSpan(row * Length, Length).Count(1L);

    /// <summary>What a tensor has for the tokens of a row, without padding.</summary>
    public ReadOnlySpan<long> Of(long[] tensor, int row) => tensor.AsSpan(row * Length, Tokens(row));
}
