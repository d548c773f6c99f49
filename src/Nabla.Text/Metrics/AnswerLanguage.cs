namespace Nabla.Text.Metrics;

/// <summary>By which rules answers to questions are compared.</summary>
public enum AnswerLanguage
{
    /// <summary>By words, without case, punctuation and articles, as SQuAD's evaluation does (Rajpurkar et al., arXiv 1606.05250 and 1806.03822).</summary>
    English,

    /// <summary>By characters, without case and punctuation, as CMRC 2018's evaluation does (Cui et al., arXiv 1810.07366).</summary>
    Chinese,
}
