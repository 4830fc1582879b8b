using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Heads;

/// <summary>Tiny BERTs of random weights with heads.</summary>
internal static class TinyHeads
{
    /// <summary>A pooler and a classifier of so many labels.</summary>
    public static void WriteClassifier(string folder, int labels, string keys = "") => TinyBert.Write(folder, modules: false, head: (
        $"\"id2label\": {{{string.Join(',', Enumerable.Range(0, labels).Select(i => $"\"{i}\": \"label {i}\""))}}}{keys}",
        [
            ("pooler.dense.weight", [TinyBert.Hidden, TinyBert.Hidden]), ("pooler.dense.bias", [TinyBert.Hidden]),
            ("classifier.weight", [labels, TinyBert.Hidden]), ("classifier.bias", [labels]),
        ]));

    /// <summary>A language head on the word embeddings.</summary>
    public static void WriteMasked(string folder) => TinyBert.Write(folder, modules: false, head: (
        "\"tie_word_embeddings\": true",
        [
            ("cls.predictions.transform.dense.weight", [TinyBert.Hidden, TinyBert.Hidden]), ("cls.predictions.transform.dense.bias", [TinyBert.Hidden]),
            ("cls.predictions.transform.LayerNorm.weight", [TinyBert.Hidden]), ("cls.predictions.transform.LayerNorm.bias", [TinyBert.Hidden]),
            ("cls.predictions.bias", [TinyBert.VocabularySize]),
        ]));

    /// <summary>A projection of every token to eight numbers.</summary>
    public static void WriteLateInteraction(string folder) => TinyBert.Write(folder, modules: false, head: ("\"tie_word_embeddings\": true", [("linear.weight", [8, TinyBert.Hidden])]));
}
