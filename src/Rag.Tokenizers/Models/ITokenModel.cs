namespace Rag.Tokenizers.Models;

/// <summary>Turns words into tokens of its vocabulary. Immutable; the work is done by workers, one for each encoding under way.</summary>
internal interface ITokenModel
{
    Vocabulary Vocabulary { get; }

    /// <summary>The id whose tokens are spelt as the text they stand for and not as the vocabulary has them, or -1.</summary>
    int VerbatimId => -1;

    IModelWorker CreateWorker();
}
