namespace Nabla.Text.Metrics;

/// <summary>How <see cref="Bleu"/> cuts texts into tokens.</summary>
public enum BleuTokenization
{
    /// <summary>As NIST's mteval-v13a does: marks stand alone, periods and commas within numbers do not. For Western languages.</summary>
    Mteval13a,

    /// <summary>Chinese characters and marks stand alone, the rest as <see cref="Mteval13a"/>.</summary>
    Chinese,

    /// <summary>Each character is a token, white space left out.</summary>
    Characters,

    /// <summary>At white space: texts are tokens already.</summary>
    None,
}
