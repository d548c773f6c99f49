using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Security;

public sealed class CertificateTests
{
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";

    [Fact]
    public async Task Holders_of_certificates_have_the_roles_of_the_rule_that_knows_them()
    {
        using TestCertificates certificates = new();
        using X509Certificate2 robot = certificates.IssueClient("CN=robot, O=Example");
        using X509Certificate2 unknown = certificates.IssueClient("CN=unknown");
        using X509Certificate2 pinned = TestCertificates.SelfSigned("CN=pinned");
        using X509Certificate2 forged = TestCertificates.SelfSigned("CN=robot, O=Example");
        await using ServingHost host = await Start(
            certificates, new CertificateRule(["predict:flowers"], Subject: robot.Subject), new CertificateRule(["read"], Thumbprint: pinned.GetCertHashString(HashAlgorithmName.SHA256)));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await Ask(robot));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), await Ask(pinned));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Ask(unknown));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Ask(forged));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Ask(null));

        async Task<(HttpStatusCode Read, HttpStatusCode Predict)> Ask(X509Certificate2? certificate)
        {
            using HttpClient client = new(certificates.Handler(certificate)) { BaseAddress = new Uri(host.RestAddress) };
            Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Get, "/v2/health/live", null)).Status);
            return (
                (await KeyRing.Ask(client, HttpMethod.Get, "/v2/models/flowers", null)).Status,
                (await KeyRing.Ask(client, HttpMethod.Post, "/v2/models/flowers/infer", null, Question)).Status);
        }
    }

    [Fact]
    public async Task Calls_of_grpc_show_certificates_too()
    {
        using TestCertificates certificates = new();
        using X509Certificate2 robot = certificates.IssueClient("CN=robot");
        await using ServingHost host = await Start(certificates, new CertificateRule(["read:flowers"], Subject: robot.Subject));
        ModelReadyRequest request = new() { Name = "flowers" };
        using GrpcChannel known = GrpcChannel.ForAddress(host.GrpcAddress, new GrpcChannelOptions { HttpHandler = certificates.Handler(robot) });
        Assert.True((await new GRPCInferenceService.GRPCInferenceServiceClient(known).ModelReadyAsync(request, cancellationToken: TestContext.Current.CancellationToken)).Ready);
        using GrpcChannel unknown = GrpcChannel.ForAddress(host.GrpcAddress, new GrpcChannelOptions { HttpHandler = certificates.Handler(null) });
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new GRPCInferenceService.GRPCInferenceServiceClient(unknown).ModelReadyAsync(request, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task A_certificate_that_is_renewed_is_shown_from_the_next_connection_on()
    {
        using TestCertificates certificates = new();
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions { Security = new SecurityOptions { Certificate = certificates.Server } }, TestModels.Flowers());
        string first = await Shown();
        Assert.Equal(first, await Shown());
        using X509Certificate2 renewed = certificates.RenewServer();
        Assert.Equal(renewed.Thumbprint, await Shown());
        Assert.NotEqual(first, renewed.Thumbprint);
        await File.WriteAllTextAsync(certificates.Server.Key, "no key", TestContext.Current.CancellationToken);
        Assert.Equal(renewed.Thumbprint, await Shown());
        using X509Certificate2 last = certificates.RenewServer();
        Assert.Equal(last.Thumbprint, await Shown());

        async Task<string> Shown()
        {
            string shown = "";
            using SocketsHttpHandler handler = new();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                shown = certificate!.GetCertHashString();
                return true;
            };
            using HttpClient client = new(handler) { BaseAddress = new Uri(host.RestAddress) };
            Assert.Equal(HttpStatusCode.OK, (await KeyRing.Ask(client, HttpMethod.Get, "/v2/health/live", null)).Status);
            return shown;
        }
    }

    [Theory]
    [InlineData(null, null, "neither")]
    [InlineData("CN=a", "aa", "both")]
    [InlineData(null, "aa", "64 hexadecimal digits")]
    public void A_rule_that_makes_no_sense_is_refused(string? subject, string? thumbprint, string part)
    {
        SecurityOptions security = new() { ClientCertificates = new ClientCertificateOptions([new CertificateRule(["read"], subject, thumbprint)]) };
        Assert.Contains(part, Assert.Throws<ArgumentException>(security.Validate).Message, StringComparison.Ordinal);
    }

    private static Task<ServingHost> Start(TestCertificates certificates, params CertificateRule[] rules) => ServingHost.Start(
        new ServingOptions
        {
            Security = new SecurityOptions
            {
                Certificate = certificates.Server,
                ClientCertificates = new ClientCertificateOptions(rules) { Authorities = certificates.Authorities },
            },
        },
        TestModels.Flowers());
}
