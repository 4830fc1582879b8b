namespace Rag.Tokenizers.Models;

/// <summary>Turns words into tokens of its vocabulary. Immutable; the work is done by workers, one for each encoding under way.</summary>
internal interface ITokenModel
{
    Vocabulary Vocabulary { get; }

    IModelWorker CreateWorker();
}
