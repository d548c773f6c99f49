namespace Nabla.Conformance.Onnx;

/// <summary>How a case went.</summary>
internal enum CaseOutcome
{
    Passed,
    Failed,
    NotSupported,
}

/// <summary>How a case went, and why when it did not pass.</summary>
internal sealed record CaseResult(OnnxCase Case, CaseOutcome Outcome, string Operator, string Reason = "");
