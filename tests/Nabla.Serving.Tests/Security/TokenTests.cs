using System.Net;
using System.Security.Cryptography;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Security;

public sealed class TokenTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Roles = new() { ["team-a"] = ["admin:flowers"], ["team-b"] = ["read:digits"] };

    [Fact]
    public async Task A_claim_of_the_provider_becomes_roles()
    {
        await using TokenIssuer issuer = await TokenIssuer.Start();
        await using ServingHost host = await Start(new JwtOptions(issuer.Address, "nabla") { RoleClaim = "groups", Roles = Roles });
        Assert.Equal(HttpStatusCode.OK, await Load(host, issuer.Create(new() { ["aud"] = "nabla", ["sub"] = "ada", ["groups"] = new[] { "team-a", "team-b" } })));
        Assert.Equal(HttpStatusCode.Forbidden, await Load(host, issuer.Create(new() { ["aud"] = "nabla", ["sub"] = "ada", ["groups"] = "team-b" })));
        Assert.Equal(HttpStatusCode.Forbidden, await Load(host, issuer.Create(new() { ["aud"] = "nabla", ["sub"] = "ada", ["groups"] = "admin" })));
        Assert.Equal(HttpStatusCode.Forbidden, await Load(host, issuer.Create(new() { ["aud"] = "nabla", ["sub"] = "ada" })));
    }

    [Fact]
    public async Task Without_a_table_the_values_of_the_claim_are_roles()
    {
        await using TokenIssuer issuer = await TokenIssuer.Start();
        await using ServingHost host = await Start(new JwtOptions(issuer.Address, "nabla"));
        Assert.Equal(HttpStatusCode.OK, await Load(host, issuer.Create(new() { ["aud"] = "nabla", ["sub"] = "ada", ["roles"] = new[] { "something", "admin:flowers" } })));
        Assert.Equal(HttpStatusCode.Forbidden, await Load(host, issuer.Create(new() { ["aud"] = "nabla", ["sub"] = "ada", ["roles"] = "predict" })));
    }

    [Fact]
    public async Task Tokens_that_do_not_hold_open_nothing()
    {
        await using TokenIssuer issuer = await TokenIssuer.Start();
        await using ServingHost host = await Start(new JwtOptions(issuer.Address, "nabla"));
        using RSA stranger = RSA.Create(2048);
        Dictionary<string, object> good = new() { ["aud"] = "nabla", ["sub"] = "ada", ["roles"] = "admin" };
        Assert.Equal(HttpStatusCode.OK, await Load(host, issuer.Create(good)));
        string valid = issuer.Create(good);
        Assert.All(
            new[]
            {
                issuer.Create(good, minutes: -10),
                issuer.Create(new(good) { ["aud"] = "others" }),
                issuer.Create(new(good) { ["sub"] = "" }),
                issuer.Create(good, algorithm: "none"),
                issuer.Create(good, signer: stranger),
                $"{valid[..^4]}AAAA",
                valid[..valid.LastIndexOf('.')],
                "x.y.z",
            },
            token => Assert.Equal(HttpStatusCode.Unauthorized, Load(host, token).GetAwaiter().GetResult()));
    }

    [Theory]
    [InlineData("http://login.example.org", "nabla", "https")]
    [InlineData("login", "nabla", "https")]
    [InlineData("https://login.example.org", "", "audience")]
    public void A_provider_that_cannot_be_trusted_is_refused(string authority, string audience, string part)
    {
        SecurityOptions security = new() { Jwt = new JwtOptions(authority, audience) };
        Assert.Contains(part, Assert.Throws<ArgumentException>(security.Validate).Message, StringComparison.Ordinal);
    }

    private static Task<ServingHost> Start(JwtOptions jwt) => ServingHost.Start(new ServingOptions { Security = new SecurityOptions { Jwt = jwt } }, TestModels.Flowers());

    private static async Task<HttpStatusCode> Load(ServingHost host, string token)
    {
        using HttpClient client = new() { BaseAddress = new Uri(host.RestAddress) };
        return (await KeyRing.Ask(client, HttpMethod.Post, "/v2/repository/models/flowers/load", ("Authorization", $"Bearer {token}"), "{}")).Status;
    }
}
