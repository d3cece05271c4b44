/* SPDX-License-Identifier: Apache-2.0 */
/* The user's key that signs records. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/audit/audit-key.h"
#include "enforcer/base/fd.h"

#define FILE_MAX (16u << 10)

struct audit_key {
	EVP_PKEY *pkey;
};

static void pkey_freep(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

static void bio_freep(BIO **bio)
{
	BIO_free_all(*bio);
}

/* A PEM file that asks for a passphrase must not stop a run. */
static int no_passphrase(char *buffer, int size, int writing, void *userdata)
{
	return -1;
}

static int make_parents(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

/* All of it under its name, or nothing: the file has none before it is whole. */
static int write_new(const char *path, const void *data, size_t len, mode_t mode)
{
	_cleanup_free_ char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));
	_cleanup_fd_ int fd = -1;
	char link[FD_PATH_MAX];
	int r;

	if (!folder)
		return -ENOMEM;
	fd = open(folder[0] ? folder : "/", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		return fd < 0 ? -errno : fd_write_all(fd, data, len);
	}
	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, data, len);
	fd_path(fd, link);
	if (r == 0 && linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0)
		r = -errno;
	return r;
}

/* Of a run that was faster it is as good. */
static int write_bio(const char *path, BIO *bio, mode_t mode)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	int r = write_new(path, data, (size_t)len, mode);

	return r == -EEXIST ? 0 : r;
}

static int make_private(const char *path)
{
	_cleanup_(pkey_freep) EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	_cleanup_(bio_freep) BIO *bio = BIO_new(BIO_s_secmem());
	int r;

	if (!pkey || !bio || !PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL))
		return -EIO;
	r = make_parents(path);
	return r < 0 ? r : write_bio(path, bio, 0600);
}

static int make_public(const char *path, const struct audit_key *key)
{
	_cleanup_(bio_freep) BIO *bio = BIO_new(BIO_s_mem());
	char file[PATH_MAX];

	if (!bio || !PEM_write_bio_PUBKEY(bio, key->pkey))
		return -EIO;
	if (snprintf(file, sizeof(file), "%s" AUDIT_KEY_SUFFIX, path) >= PATH_MAX)
		return -ENAMETOOLONG;
	return access(file, F_OK) == 0 ? 0 : write_bio(file, bio, 0644);
}

int audit_key_make(const char *path)
{
	_cleanup_(audit_key_freep) struct audit_key *key = NULL;
	int r = audit_key_load(path, &key);

	if (r == -ENOENT) {
		r = make_private(path);
		if (r == 0)
			r = audit_key_load(path, &key);
	}
	return r < 0 ? r : make_public(path, key);
}

int audit_key_load(const char *path, struct audit_key **ret_key)
{
	_cleanup_(audit_key_freep) struct audit_key *key = calloc(1, sizeof(*key));
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	_cleanup_(bio_freep) BIO *bio = NULL;
	struct stat st;
	char *text = NULL;
	size_t len = 0;
	int r;

	if (!key)
		return -ENOMEM;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 077)
		return -EPERM;
	r = fd_read_file(fd, FILE_MAX, &text, &len);
	if (r < 0)
		return r;
	bio = BIO_new_mem_buf(text, (int)len);
	if (bio)
		key->pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	OPENSSL_cleanse(text, len);
	free(text);
	if (!key->pkey || !EVP_PKEY_is_a(key->pkey, "ED25519"))
		return -EINVAL;
	*ret_key = steal_pointer(key);
	return 0;
}

struct audit_key *audit_key_free(struct audit_key *key)
{
	if (!key)
		return NULL;
	EVP_PKEY_free(key->pkey);
	free(key);
	return NULL;
}

int audit_key_sign(void *userdata, const char *text, size_t len,
		   uint8_t ret_signature[static CHAIN_SIGNATURE])
{
	const struct audit_key *key = userdata;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = CHAIN_SIGNATURE;
	bool done = context && EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) == 1 &&
		    EVP_DigestSign(context, ret_signature, &size, (const unsigned char *)text,
				   len) == 1;

	EVP_MD_CTX_free(context);
	return done && size == CHAIN_SIGNATURE ? 0 : -EIO;
}

static int public_of(const EVP_PKEY *pkey, uint8_t ret_public[static AUDIT_KEY_PUBLIC])
{
	size_t size = AUDIT_KEY_PUBLIC;

	if (!EVP_PKEY_is_a(pkey, "ED25519") ||
	    EVP_PKEY_get_raw_public_key(pkey, ret_public, &size) != 1 || size != AUDIT_KEY_PUBLIC)
		return -EINVAL;
	return 0;
}

int audit_key_public(const struct audit_key *key, uint8_t ret_public[static AUDIT_KEY_PUBLIC])
{
	return public_of(key->pkey, ret_public);
}

int audit_public_load(const char *path, uint8_t ret_public[static AUDIT_KEY_PUBLIC])
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	_cleanup_(pkey_freep) EVP_PKEY *pkey = NULL;
	_cleanup_(bio_freep) BIO *bio = NULL;
	char *text = NULL;
	size_t len = 0;
	int r = fd < 0 ? -errno : fd_read_file(fd, FILE_MAX, &text, &len);

	if (r < 0)
		return r;
	bio = BIO_new_mem_buf(text, (int)len);
	if (bio)
		pkey = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
	if (bio && !pkey && BIO_reset(bio) >= 0)
		pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	OPENSSL_cleanse(text, len);
	free(text);
	return pkey ? public_of(pkey, ret_public) : -EINVAL;
}

bool audit_public_verify(const uint8_t public[static AUDIT_KEY_PUBLIC], const char *text,
			 size_t len, const uint8_t signature[static CHAIN_SIGNATURE])
{
	_cleanup_(pkey_freep) EVP_PKEY *pkey =
		EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, public, AUDIT_KEY_PUBLIC);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = pkey && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
		    EVP_DigestVerify(context, signature, CHAIN_SIGNATURE,
				     (const unsigned char *)text, len) == 1;

	EVP_MD_CTX_free(context);
	return good;
}
