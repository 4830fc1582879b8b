namespace Rag.Evaluation.Answers;

/// <summary>Under which circumstances a question was asked.</summary>
public enum QuestionSetting
{
    /// <summary>The documents answer it.</summary>
    Answerable,

    /// <summary>The article that answers it was taken out of the index meanwhile; to refuse is right.</summary>
    ArticleLeftOut,

    /// <summary>Its article is there and does not answer it (SQuAD 2.0); to refuse is right.</summary>
    Unanswerable,

    /// <summary>The documents answer it, and what answers may not refuse.</summary>
    Pressed,
}
