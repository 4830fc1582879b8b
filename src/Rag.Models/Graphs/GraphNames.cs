using System.Globalization;

namespace Rag.Models.Graphs;

/// <summary>Names of the inputs and outputs of written graphs, for whoever binds values to them.</summary>
internal static class GraphNames
{
    /// <summary>int64 [batch, sequence].</summary>
    public const string InputIds = "input_ids";

    /// <summary>Encoder: int64 [batch, sequence], 1 where a token counts.</summary>
    public const string AttentionMask = "attention_mask";

    /// <summary>Head: int64 [batch, sequence], 0 for tokens of the first text, 1 for those of the second; only where the model tells them apart.</summary>
    public const string TokenTypeIds = "token_type_ids";

    /// <summary>Encoder of images: float [batch, channels, size, size].</summary>
    public const string PixelValues = "pixel_values";

    /// <summary>Head: float [batch, sequence, width], or [batch, width] where it gives one output for a sequence.</summary>
    public const string HeadOutput = "head_output";

    /// <summary>Encoder: float [batch, sequence, hidden].</summary>
    public const string LastHiddenState = "last_hidden_state";

    /// <summary>Decoder: int64 [rows], the positions within this step whose logits are wanted.</summary>
    public const string LogitRows = "logit_rows";

    /// <summary>Decoder: int32 [batch], tokens in the cache after this step, minus 1.</summary>
    public const string LastIndex = "last_index";

    /// <summary>Decoder: int32 [1], tokens in the cache after this step.</summary>
    public const string TotalLength = "total_length";

    /// <summary>Decoder: int64 [batch, sequence], where tokens stand; only in graphs that need it beside <see cref="LastIndex"/>.</summary>
    public const string PositionIds = "position_ids";

    /// <summary>Decoder, in the graph for one token: float [1, 1, 1, capacity], 0 for rows of the cache that count and minus infinity for the others.</summary>
    public const string StepMask = "step_mask";

    /// <summary>Decoder: float [batch, rows, vocabulary].</summary>
    public const string Logits = "logits";

    /// <summary>Decoder: float [positions, pairs].</summary>
    public static string Cosine(int rope) => Numbered("cosine", rope);

    /// <summary>Decoder: float [positions, pairs].</summary>
    public static string Sine(int rope) => Numbered("sine", rope);

    /// <summary>Decoder: float [batch, heads, capacity, width], of every layer; see <see cref="Networks.CacheDescription"/>.</summary>
    public static string PastKey(int layer) => Numbered("past_key", layer);

    /// <summary>Decoder: float [batch, heads, capacity, width], of layers with attention.</summary>
    public static string PastValue(int layer) => Numbered("past_value", layer);

    /// <summary>Decoder with keys and values in eight bits: float [heads, 1, width], what a whole number of the keys stands for.</summary>
    public static string KeyScale(int layer) => Numbered("key_scale", layer);

    /// <summary>Decoder with keys and values in eight bits: the same of the values.</summary>
    public static string ValueScale(int layer) => Numbered("value_scale", layer);

    /// <summary>Decoder: the cache after this step; bind it to the same memory as the past.</summary>
    public static string PresentKey(int layer) => Numbered("present_key", layer);

    /// <summary>Decoder: the cache after this step; bind it to the same memory as the past.</summary>
    public static string PresentValue(int layer) => Numbered("present_value", layer);

    /// <summary>Decoder: float [batch, ...], of a layer that keeps something of all tokens together; see <see cref="Networks.MixerDescription.States"/>.</summary>
    public static string PastState(int layer, int state) => string.Create(CultureInfo.InvariantCulture, $"past_state.{layer}.{state}");

    /// <summary>Decoder: the state after this step; bind it to other memory than the past.</summary>
    public static string PresentState(int layer, int state) => string.Create(CultureInfo.InvariantCulture, $"present_state.{layer}.{state}");

    private static string Numbered(string stem, int index) => string.Create(CultureInfo.InvariantCulture, $"{stem}.{index}");
}
